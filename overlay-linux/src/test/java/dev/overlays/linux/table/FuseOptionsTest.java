package dev.overlays.linux.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.linux.table.FuseOptions.FuseOption;
import java.util.List;
import org.junit.jupiter.api.Test;

class FuseOptionsTest {

  @Test
  void takesBackslashesOff() {
    assertEquals(
        List.of(new FuseOption("lowerdir", "/a,b\\c d:/e"), new FuseOption("ro", "")),
        FuseOptions.parse("lowerdir=/a\\,b\\\\c\\040d:/e,ro"));
  }

  @Test
  void leavesWhatIsNoOctalNumber() {
    assertEquals(
        List.of(new FuseOption("a", "489"), new FuseOption("b", "\\")),
        FuseOptions.parse("a=\\489,b=\\"));
  }

  @Test
  void findsThemAllOnACommandLine() {
    assertEquals(
        List.of(new FuseOption("a", "1"), new FuseOption("b", ""), new FuseOption("c", "")),
        FuseOptions.ofCommand(List.of("fuse-overlayfs", "-o", "a=1", "-f", "-ob,c", "/mnt")));
  }
}
