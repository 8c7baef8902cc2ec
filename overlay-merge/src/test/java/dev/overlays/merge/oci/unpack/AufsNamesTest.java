package dev.overlays.merge.oci.unpack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.layer.Name;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of AUFS in the root of a layer, and only there. */
class AufsNamesTest {

  @ParameterizedTest
  @CsvSource({
    "'', false, false",
    ".wh..wh.aufs, true, false",
    ".wh..wh.orph, true, false",
    ".wh..wh.orph/1, true, false",
    ".wh..wh.plnk, true, false",
    ".wh..wh.plnk/1.2, true, true",
    ".wh..wh.plnk/1.2/3, true, false",
    ".wh..wh.plnk/.wh.1, true, false",
    "d/.wh..wh.plnk, false, false",
    "d/.wh..wh.plnk/1.2, false, false",
    ".wh..wh.plnk2, false, false",
    ".wh..wh..opq, false, false",
    "plnk/1, false, false"
  })
  void isAPathOfAufs(String path, boolean aufs, boolean link) {
    List<Name> names =
        path.isEmpty() ? List.of() : Arrays.stream(path.split("/")).map(Name::of).toList();
    assertEquals(aufs, AufsNames.isAufsPath(names));
    assertEquals(link, AufsNames.isPseudoLink(names));
  }
}
