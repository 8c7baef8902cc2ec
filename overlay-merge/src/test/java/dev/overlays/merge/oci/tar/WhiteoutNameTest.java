package dev.overlays.merge.oci.tar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.Name;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of whiteouts, from and to the names that they hide. */
class WhiteoutNameTest {

  @Test
  void hiddenNameIsTheOneThatWasHidden() {
    long seed = new Random().nextInt();
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      byte[] bytes = new byte[1 + random.nextInt(30)];
      random.nextBytes(bytes);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = bytes[i] == 0 || bytes[i] == '/' ? (byte) 0xff : bytes[i];
      }
      bytes[0] = bytes[0] == '.' ? (byte) 'd' : bytes[0];
      Name name = Name.of(bytes);
      Name sign = WhiteoutName.of(name);
      assertTrue(WhiteoutName.isWhiteoutName(sign), "seed " + seed);
      assertEquals(name, WhiteoutName.hiddenName(sign), "seed " + seed);
      assertEquals(name.length() + 4, sign.length(), "seed " + seed);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".wh", ".w", "wh.x", ".WH.x", " .wh.x", "x.wh.y", ".wh,x"})
  void otherNamesAreNoWhiteouts(String name) {
    assertFalse(WhiteoutName.isWhiteoutName(Name.of(name)));
  }

  /** Nothing, the directory itself, its parent, or another whiteout: two tools would differ. */
  @ParameterizedTest
  @ValueSource(
      strings = {".wh.", ".wh...", ".wh..wh.", ".wh..wh.x", ".wh..wh..opq", ".wh..wh..wh.x"})
  void whiteoutOfNoValidNameIsRefused(String sign) {
    Name name = Name.of(sign);
    assertTrue(WhiteoutName.isWhiteoutName(name));
    assertThrows(IllegalArgumentException.class, () -> WhiteoutName.hiddenName(name));
  }

  @Test
  void namesThatOnlyBeginWithADotCanBeHidden() {
    for (String hidden : new String[] {"...", ".w", ".whx", "..a", ".wh"}) {
      assertEquals(Name.of(hidden), WhiteoutName.hiddenName(Name.of(".wh." + hidden)));
    }
    assertEquals(Name.of(".wh..wh..opq"), WhiteoutName.OPAQUE);
  }
}
