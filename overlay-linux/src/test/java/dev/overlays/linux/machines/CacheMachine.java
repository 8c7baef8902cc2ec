package dev.overlays.linux.machines;

import dev.overlays.linux.ChildJvm;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A machine with two caches: one over a lower of its own, one over a lower that all share. */
final class CacheMachine implements Closeable {
  private final GlusterVolume volume;
  private final String name;
  private final int instances;
  private final MachineCache local;
  private final MachineCache shared;
  private TestMachine machine;
  private ChildJvm jvm;

  CacheMachine(GlusterVolume volume, String name, Path disk, int instances) throws IOException {
    this.volume = volume;
    this.name = name;
    this.instances = instances;
    local = new MachineCache(this, disk.resolve("lower"), disk.resolve("own"), instances);
    shared =
        new MachineCache(this, volume.place().resolve("lower"), disk.resolve("shared"), instances);
    start();
  }

  private void start() throws IOException {
    machine = volume.startMachine(name);
    try {
      jvm = machine.startJvm(CacheProgram.class);
    } catch (IOException | RuntimeException | Error e) {
      machine.close();
      throw e;
    }
  }

  String name() {
    return name;
  }

  MachineCache local() {
    return local;
  }

  MachineCache shared() {
    return shared;
  }

  List<String> ask(String line) throws IOException {
    return jvm.ask(line);
  }

  List<String> enteringCommand() {
    return machine.enteringCommand();
  }

  void create() throws IOException {
    local.ask("create", Integer.toString(instances));
    shared.ask("create", Integer.toString(instances));
  }

  void mountAll() throws IOException {
    local.ask("mount");
    shared.ask("mount");
  }

  void unmountAll() throws IOException {
    local.ask("unmount");
    shared.ask("unmount");
  }

  /**
   * Switches it off and on.
   *
   * @param unplugged whether it has no time to take leave of the server
   */
  void restart(boolean unplugged) throws IOException {
    if (unplugged) {
      volume.unplug(machine);
    }
    close();
    start();
  }

  @Override
  public void close() throws IOException {
    machine.close();
    jvm.close();
  }
}
