package dev.overlays.linux.machines;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.KillableJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.archive.DockerRegistry;
import dev.overlays.linux.cache.KilledFollow;
import dev.overlays.linux.cache.KilledMaintenance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three machines, each with a network of its own, and a registry and a GlusterFS volume between
 * them. Each has a cache of its own, which the first publishes and the others follow, and instances
 * over a lower on the volume. Random rounds of writing, maintenance, publishing and following, in
 * each of which a machine is killed; after each step all views are what a model says. Full size:
 * {@code -Doverlays.machines.instances=20 -Doverlays.machines.rounds=10}.
 */
@Tag("long")
class MachineCyclesTest {
  private static final int INSTANCES = Integer.getInteger("overlays.machines.instances", 2);
  private static final int ROUNDS = Integer.getInteger("overlays.machines.rounds", 2);
  private static final int CHANGES = 3;

  /** The system calls at which a machine is killed, each with how often a run makes it at most. */
  private static final List<DeadlyCall> DEADLY =
      List.of(
          new DeadlyCall("rename,renameat,renameat2", 1 + INSTANCES),
          new DeadlyCall("unlink,unlinkat", 4 * INSTANCES),
          new DeadlyCall("fsync,fdatasync,syncfs", 4),
          new DeadlyCall("mkdir,mkdirat", 3),
          new DeadlyCall("umount2", INSTANCES),
          new DeadlyCall("?move_mount", INSTANCES));

  /** The same of a publication, which unmounts nothing. */
  private static final List<DeadlyCall> DEADLY_TO_PUBLISH =
      List.of(
          new DeadlyCall("rename,renameat,renameat2", 3),
          new DeadlyCall("unlink,unlinkat", 2),
          new DeadlyCall("fsync,fdatasync,syncfs", 3),
          new DeadlyCall("connect", 2));

  private record DeadlyCall(String name, int most) {}

  @AutoClose private Sandbox sandbox;
  private GlusterVolume volume;
  private String reference;
  private Random random;
  private final List<CacheMachine> machines = new ArrayList<>();
  private int kills;
  private int cutOff;
  private int refusals;

  @BeforeEach
  void startMachines() throws IOException {
    GlusterVolume.assumeInstalled();
    long seed = Long.getLong("overlays.seed", System.nanoTime());
    System.out.println("rounds of three machines with a volume: seed " + seed);
    random = new Random(seed);
    sandbox = Sandbox.asRoot();
    // A disk that outlives the machines; each has a directory of its own there.
    sandbox.mountTmpfs("disks");
    volume = GlusterVolume.start(sandbox);
    sandbox.closeLater(volume);
    DockerRegistry registry =
        DockerRegistry.startAt(
            GlusterVolume.ADDRESS, volume.enteringNetwork(), sandbox.createDirectory("registry"));
    sandbox.closeLater(registry);
    reference = registry.reference("team/cache:v1");
    for (String name : List.of("first", "second", "third")) {
      Path disk = sandbox.createDirectory("disks/" + name);
      machines.add(new CacheMachine(volume, name, disk, INSTANCES));
      sandbox.closeLater(machines.get(machines.size() - 1));
    }
  }

  @Test
  void everyViewShowsWhatItsHistorySaysAndNothingIsMergedUnderAnybody() throws IOException {
    CacheMachine publisher = machines.get(0);
    for (CacheMachine machine : machines) {
      machine.create();
      machine.mountAll();
    }
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      writeEverywhere(round);
      assertAllViews("written");
      CacheMachine victim = machines.get(random.nextInt(machines.size()));
      if (victim == publisher) {
        killLocal(victim, random.nextBoolean() ? "maintain" : "publish");
      }
      publisher.local().maintain();
      assertAllViews("maintained");
      publisher.local().ask("publish", reference);
      for (CacheMachine follower : machines.subList(1, machines.size())) {
        if (follower == victim) {
          killLocal(follower, "follow");
        }
        follower.local().ask("follow", reference);
        follower.local().takeLower(publisher.local());
        assertAllViews("followed");
      }
      mergeShared(round);
      assertAllViews("merged");
      System.out.printf(
          "round %d: %d files shared, %d published, %d machines killed, %d of them at work, %d"
              + " merges refused, %d s%n",
          round,
          publisher.shared().lowerSize(),
          publisher.local().lowerSize(),
          kills,
          cutOff,
          refusals,
          (System.nanoTime() - start) / 1_000_000_000);
    }
    for (CacheMachine machine : machines) {
      machine.unmountAll();
    }
  }

  private void writeEverywhere(int round) throws IOException {
    for (CacheMachine machine : machines) {
      for (MachineCache cache : List.of(machine.local(), machine.shared())) {
        for (int instance = 0; instance < INSTANCES; instance++) {
          for (int change = 0; change < CHANGES; change++) {
            String text = machine.name() + "-" + round + "-" + instance + "-" + change;
            cache.changeRandomly(instance, text, random);
          }
        }
      }
    }
  }

  private void assertAllViews(String step) throws IOException {
    for (CacheMachine machine : machines) {
      machine.local().assertViews(step);
      machine.shared().assertViews(step);
    }
  }

  /**
   * Kills a machine while it works on its own cache; what is there then is what was, or will be.
   */
  private void killLocal(CacheMachine machine, String what) throws IOException {
    MachineCache cache = machine.local();
    kill(machine, cache, what);
    cache.ask("mount");
    machine.shared().askWhenFree("mount");
    if (what.equals("follow")) {
      cache.assertOneLower(machines.get(0).local());
    } else if (what.equals("maintain")) {
      cache.assertPartlyMerged(cache);
    }
    machine.shared().assertViews("after a kill");
  }

  /** Pulls the plug of a machine when a program on it has been killed at a system call. */
  private void kill(CacheMachine machine, MachineCache cache, String what) throws IOException {
    List<DeadlyCall> calls = what.equals("publish") ? DEADLY_TO_PUBLISH : DEADLY;
    DeadlyCall call = calls.get(random.nextInt(calls.size()));
    int when = 1 + random.nextInt(call.most());
    List<String> around = new ArrayList<>(machine.enteringCommand());
    around.addAll(KillableJvm.killedAt(call.name(), when));
    String lower = cache.lower().toString();
    String place = cache.place().toString();
    KillableJvm jvm =
        what.equals("maintain")
            ? KillableJvm.of(around, sandbox.root(), KilledMaintenance.class, lower, place, "0")
            : KillableJvm.of(
                around, sandbox.root(), KilledFollow.class, what, lower, place, reference);
    KillableJvm.JvmEnd end = jvm.runToEnd(sandbox.path("output"));
    assertTrue(end.wasKilled() || end.status() == 0, end::output);
    System.out.println(
        machine.name() + ", " + what + " at " + when + ". " + call.name() + ": " + end.status());
    kills++;
    cutOff += end.wasKilled() ? 1 : 0;
    boolean unplugged = random.nextBoolean();
    machine.restart(unplugged);
  }

  /** One machine merges into the lower that all share. */
  private void mergeShared(int round) throws IOException {
    CacheMachine worker = machines.get(random.nextInt(machines.size()));
    List<CacheMachine> others = new ArrayList<>(machines);
    others.remove(worker);
    String refusal = worker.shared().tryAsk("maintain").toString();
    assertTrue(refusal.startsWith("[layer-in-use"), refusal);
    assertTrue(others.stream().anyMatch(it -> refusal.contains(it.name() + " (mac")), refusal);
    refusals++;
    assertAllViews("refused");
    for (CacheMachine other : others) {
      other.shared().ask("unmount");
    }
    if (round % 2 == 1) {
      kill(worker, worker.shared(), "maintain");
      worker.local().ask("mount");
      worker.local().assertViews("after a kill");
      for (CacheMachine machine : machines) {
        machine.shared().askWhenFree("mount");
        machine.shared().assertPartlyMerged(worker.shared());
      }
      for (CacheMachine other : others) {
        other.shared().ask("unmount");
      }
    }
    worker.shared().maintain();
    for (CacheMachine other : others) {
      other.shared().takeLower(worker.shared());
      other.shared().ask("mount");
    }
  }
}
