package dev.overlays.linux.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What newuidmap(1) is told of the lines of subuid(5). */
class SubordinateIdsTest {
  private static final List<String> LINES =
      List.of("other:100000:65536", "", "me:165536:65536", "me:300000:10", "1007:400000:20");

  private static Optional<List<String>> map(String name, String user) {
    return SubordinateIds.mappingArguments(LINES, name, user, user);
  }

  @Test
  void mapsTheUserToRootAndTheFirstRangeBehind() {
    assertEquals(Optional.of(List.of("0", "1000", "1", "1", "165536", "65536")), map("me", "1000"));
  }

  @Test
  void knowsAUserByNumberToo() {
    assertEquals(
        Optional.of(List.of("0", "1007", "1", "1", "400000", "20")), map("somebody", "1007"));
  }

  @Test
  void isNothingWithoutARange() {
    assertEquals(Optional.empty(), map("nobody", "65534"));
    assertEquals(
        Optional.empty(),
        SubordinateIds.mappingArguments(List.of("me:1:0", "me", "me:x:1"), "me", "1", "1"));
  }
}
