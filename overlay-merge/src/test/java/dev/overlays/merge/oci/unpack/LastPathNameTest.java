package dev.overlays.merge.oci.unpack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.layer.Name;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes of a path's last name, whatever the locale of this JVM is. */
class LastPathNameTest {

  /** URIs of files have their bytes in percent form, and these need not be text. */
  @Test
  void bytesComeBackWhetherTheLocaleKnowsThemOrNot() {
    long seed = new Random().nextInt();
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      byte[] name = new byte[1 + random.nextInt(12)];
      random.nextBytes(name);
      StringBuilder uri = new StringBuilder("file:///no/such/directory/");
      for (int i = 0; i < name.length; i++) {
        // Neither slash, NUL, nor the dots of a relative path.
        boolean usable = name[i] != 0 && name[i] != '/' && (name[i] != '.' || name.length > 2);
        name[i] = usable ? name[i] : (byte) 0xfe;
        uri.append("%%%02X".formatted(name[i]));
      }
      Path path = Path.of(URI.create(uri.toString()));
      assertArrayEquals(name, LastPathName.lastNameOf(path).toBytes(), uri + ", seed " + seed);
    }
  }

  /** The URI of a directory that exists ends with a slash. */
  @Test
  void existingDirectoryHasTheSameName(@TempDir Path directory) throws IOException {
    String parent = directory.toUri().toString();
    Path path = Path.of(URI.create(parent + "a%C3%A4%25"));
    Files.createDirectory(path);
    assertEquals(
        Name.of("a\u00e4%".getBytes(StandardCharsets.UTF_8)), LastPathName.lastNameOf(path));
  }

  @Test
  void pathsOfOtherFileSystemsAreText() throws IOException {
    try (FileSystem memory = InMemoryFileSystems.create()) {
      assertEquals(Name.of("\u00e4%41"), LastPathName.lastNameOf(memory.getPath("/x/\u00e4%41")));
      assertEquals(Name.of("a b"), LastPathName.lastNameOf(Path.of("/x/a b")));
    }
  }
}
