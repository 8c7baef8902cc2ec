package dev.overlays.merge.oci.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.RawPath;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The path of a walk, beside a list of its names. */
class PathBufferTest {
  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);

  private Name randomName() {
    byte[] name = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 255 : 10)];
    random.nextBytes(name);
    for (int i = 0; i < name.length; i++) {
      name[i] = name[i] == 0 || name[i] == '/' || name[i] == '.' ? (byte) 'x' : name[i];
    }
    return Name.of(name);
  }

  private static RawPath joinNames(List<Name> names, Name last) {
    ByteArrayOutputStream path = new ByteArrayOutputStream();
    for (Name name : names) {
      path.writeBytes(name.toBytes());
      path.write('/');
    }
    path.writeBytes(last == null ? new byte[0] : last.toBytes());
    return RawPath.of(path.toByteArray());
  }

  /** The buffer grows, and what was cut off is not seen again. */
  @Test
  void pathIsThatOfTheEnteredNames() {
    PathBuffer path = new PathBuffer();
    List<Name> names = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    for (int round = 0; round < 20_000; round++) {
      if (names.isEmpty() || random.nextInt(100) < 52) {
        lengths.add(path.pathLength());
        names.add(randomName());
        path.enterDirectory(names.get(names.size() - 1));
      } else {
        int left = Math.max(0, names.size() - 1 - random.nextInt(3));
        path.cutTo(lengths.get(left));
        names.subList(left, names.size()).clear();
        lengths.subList(left, lengths.size()).clear();
      }
      if (round % 20 == 0) {
        Name name = randomName();
        assertEquals(joinNames(names, name), path.pathOf(name), "seed " + seed);
        assertEquals(joinNames(names, null), path.directoryPath(), "seed " + seed);
      }
    }
  }

  @Test
  void rootHasAnEmptyPath() {
    assertEquals(0, new PathBuffer().directoryPath().byteLength());
    assertEquals(RawPath.of("a"), new PathBuffer().pathOf(Name.of("a")));
  }
}
