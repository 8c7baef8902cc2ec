package dev.overlays.merge.oci.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.merge.oci.tar.RawPath;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first paths of inodes, in memory and in a file. */
class HardLinkPathsTest {
  private static EntryStat statOf(long device, long inode, long links) {
    return new EntryStat(
        EntryType.FILE,
        0644,
        0,
        0,
        0,
        0,
        links,
        device,
        inode,
        0,
        0,
        Instant.EPOCH,
        Instant.EPOCH,
        false,
        false);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 10_000, 1L << 40})
  void returnsTheFirstPathOfEachInode(long memory) throws IOException {
    long seed = new Random().nextInt();
    Random random = new Random(seed);
    Map<String, RawPath> known = new HashMap<>();
    try (HardLinkPaths inodes = new HardLinkPaths(memory)) {
      for (int i = 0; i < 5_000; i++) {
        long device = random.nextInt(3) - 1L;
        long inode = random.nextInt(1000) * (random.nextBoolean() ? 1L : 0x1_0000_0001L);
        RawPath path = RawPath.of("p".repeat(random.nextInt(50)) + i);
        RawPath first = inodes.firstPath(statOf(device, inode, 2), path);
        assertEquals(known.putIfAbsent(device + " " + inode, path), first, "seed " + seed);
        assertNull(inodes.firstPath(statOf(device, inode, 1), path));
      }
    }
  }
}
