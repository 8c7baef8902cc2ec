package dev.overlays.linux.live;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.linux.syscall.InodeHandle;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Parses handles of an overlay as made by Linux 6.18. */
class RealInodeTest {
  private static final String UUID = "b334c1001eba4eddb5ca41f386a95531";

  private static Optional<RealInode> parse(String hex) {
    return RealInode.parse(bytes(hex));
  }

  private static String bytes(String hex) {
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
  }

  @Test
  void anInodeOfALowerIsRead() {
    RealInode lower =
        new RealInode(false, bytes(UUID), new InodeHandle(1, bytes("b59f0f0c0300000000000000")));
    assertEquals(Optional.of(lower), parse("00000000fb210001" + UUID + "b59f0f0c0300000000000000"));
  }

  /** It is padded to a multiple of four bytes. */
  @Test
  void anInodeOfTheUpperIsReadWithoutThePadding() {
    RealInode upper = new RealInode(true, bytes(UUID), new InodeHandle(1, bytes("8dc755000c")));
    assertEquals(Optional.of(upper), parse("00000000fb1a0401" + UUID + "8dc755000c000000"));
  }

  @Test
  void whatIsNoSuchHandleIsNotRead() {
    assertEquals(Optional.empty(), parse("8dc755000c4e65e9"));
    assertEquals(Optional.empty(), parse("00000000aa210001" + UUID + "b59f0f0c"));
    assertEquals(Optional.empty(), parse("00000000fbff0001" + UUID + "b59f0f0c"));
    assertEquals(Optional.empty(), parse("00000000fb000001" + UUID + "b59f0f0c"));
  }
}
