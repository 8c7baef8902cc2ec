package dev.overlays.merge.oci.tar;

import dev.overlays.layer.Name;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The names of whiteouts in an archive. Source: OCI image layer, "Whiteouts". */
public final class WhiteoutName {
  private static final byte[] PREFIX = ".wh.".getBytes(StandardCharsets.US_ASCII);

  /** The whiteout that makes its directory opaque. */
  public static final Name OPAQUE = Name.of(".wh..wh..opq");

  private WhiteoutName() {}

  /** Whether a name is that of a whiteout. */
  public static boolean isWhiteoutName(Name name) {
    byte[] bytes = name.toBytes();
    return bytes.length >= PREFIX.length
        && Arrays.equals(bytes, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
  }

  /** Returns the whiteout that hides a name. */
  public static Name of(Name name) {
    byte[] sign = Arrays.copyOf(PREFIX, PREFIX.length + name.length());
    name.copyTo(sign, PREFIX.length);
    return Name.of(sign);
  }

  /**
   * Returns the name that a whiteout hides.
   *
   * @throws IllegalArgumentException if it hides no valid name
   */
  public static Name hiddenName(Name sign) {
    byte[] bytes = sign.toBytes();
    Name hidden = Name.of(Arrays.copyOfRange(bytes, PREFIX.length, bytes.length));
    if (isWhiteoutName(hidden)) {
      throw new IllegalArgumentException("hides no name");
    }
    return hidden;
  }
}
