package dev.overlays.linux.machines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.cache.CacheModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A cache of a {@link CacheMachine}, and the model of what its views show. */
final class MachineCache {
  private static final int DIRECTORIES = 3;
  private static final int FILES = 12;

  /** A server takes seconds to give up on a machine. */
  private static final int TRIES = 200;

  private final CacheMachine machine;
  private final Path lower;
  private final Path place;
  private final int instances;
  private final CacheModel model;

  MachineCache(CacheMachine machine, Path lower, Path place, int instances) {
    this.machine = machine;
    this.lower = lower;
    this.place = place;
    this.instances = instances;
    model = new CacheModel(Map.of(), instances);
  }

  Path lower() {
    return lower;
  }

  Path place() {
    return place;
  }

  int lowerSize() {
    return model.lowerSize();
  }

  List<String> tryAsk(String command, String... more) throws IOException {
    String words = command + " " + lower + " " + place + " " + String.join(" ", more);
    List<String> answer = new ArrayList<>(machine.ask(words.strip()));
    answer.removeIf(line -> line.startsWith("SLF4J("));
    return answer;
  }

  void ask(String command, String... more) throws IOException {
    List<String> answer = tryAsk(command, more);
    assertEquals(List.of("done"), answer, () -> machine.name() + " " + command);
  }

  /** Asks until the server has noticed that a machine is gone. */
  private List<String> tryAskWhenFree(String command) throws IOException {
    List<String> answer = tryAsk(command);
    for (int i = 0; i < TRIES && answer.toString().startsWith("[layer-"); i++) {
      answer = tryAsk(command);
    }
    return answer;
  }

  void askWhenFree(String command) throws IOException {
    List<String> answer = tryAskWhenFree(command);
    assertEquals(List.of("done"), answer, () -> machine.name() + " " + command);
  }

  void maintain() throws IOException {
    String answer = tryAskWhenFree("maintain").toString();
    assertTrue(answer.startsWith("[maintained"), () -> machine.name() + ": " + answer);
    model.merge();
  }

  void takeLower(MachineCache other) {
    model.takeLower(other.model);
  }

  void changeRandomly(int instance, String text, Random random) throws IOException {
    String path = "d" + random.nextInt(DIRECTORIES) + "/f" + random.nextInt(FILES);
    if (random.nextInt(3) > 0) {
      ask("write", CacheProgram.nameOf(instance), path, text);
      model.write(instance, path, text);
    } else if (model.shownContent(instance, path).isPresent()) {
      ask("delete", CacheProgram.nameOf(instance), path);
      model.delete(instance, path);
    }
  }

  private Map<String, String> filesOf(int instance) throws IOException {
    List<String> lines = tryAsk("show", CacheProgram.nameOf(instance));
    assertEquals("files", lines.get(0), lines::toString);
    Map<String, String> files = new HashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int equals = line.indexOf('=');
      files.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return files;
  }

  void assertViews(String step) throws IOException {
    for (int i = 0; i < instances; i++) {
      String view = step + ": " + machine.name() + ", " + place + ", " + i;
      assertEquals(model.shownFiles(i), filesOf(i), view);
    }
  }

  /** Makes sure that all views are over the former lower, or all over that of another machine. */
  void assertOneLower(MachineCache published) throws IOException {
    CacheModel replaced = model.copy();
    replaced.takeLower(published.model);
    boolean former = true;
    boolean followed = true;
    for (int i = 0; i < instances; i++) {
      Map<String, String> shown = filesOf(i);
      former &= shown.equals(model.shownFiles(i));
      followed &= shown.equals(replaced.shownFiles(i));
    }
    assertTrue(former || followed, () -> machine.name() + " shows parts of two lowers");
  }

  /** Makes sure that each path shows its content from before or after a merge of uppers. */
  void assertPartlyMerged(MachineCache merging) throws IOException {
    CacheModel after = merging.model.copy();
    after.merge();
    if (merging != this) {
      CacheModel mine = model.copy();
      mine.takeLower(after);
      after = mine;
    }
    Set<String> paths = new HashSet<>(merging.model.touchedPaths());
    for (int i = 0; i < instances; i++) {
      Map<String, String> shown = filesOf(i);
      paths.addAll(shown.keySet());
      paths.addAll(model.shownFiles(i).keySet());
      for (String path : paths) {
        Set<Optional<String>> allowed = new HashSet<>();
        allowed.add(model.shownContent(i, path));
        allowed.add(after.shownContent(i, path));
        if (merging.model.touchedPaths().contains(path)) {
          merging.model.writtenContents(path).forEach(text -> allowed.add(Optional.of(text)));
        }
        Optional<String> content = Optional.ofNullable(shown.get(path));
        String view = machine.name() + ", " + place + ", " + i + ", " + path;
        assertTrue(allowed.contains(content), () -> view + ": " + content + " of " + allowed);
      }
    }
  }
}
