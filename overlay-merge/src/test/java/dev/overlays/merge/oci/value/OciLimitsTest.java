package dev.overlays.merge.oci.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of imports, and the values that manifests have. */
class OciLimitsTest {

  private static OciLimits limitsOf(long... numbers) {
    return new OciLimits(
        numbers[0],
        numbers[1],
        numbers[2],
        numbers[3],
        (int) numbers[4],
        (int) numbers[5],
        (int) numbers[6],
        numbers[7]);
  }

  /** No limit means no limit to nobody; whoever wants none says a large number. */
  @ParameterizedTest
  @ValueSource(longs = {0, -1, Integer.MIN_VALUE})
  void everyLimitMustBePositive(long number) {
    long[] numbers = new long[8];
    for (int i = 0; i < numbers.length; i++) {
      Arrays.fill(numbers, 1);
      assertEquals(1, limitsOf(numbers).entries());
      numbers[i] = number;
      assertThrows(IllegalArgumentException.class, () -> limitsOf(numbers));
    }
    assertThrows(
        IllegalArgumentException.class, () -> OciLimits.DEFAULTS.withPaths(1, (int) number));
  }

  @Test
  void eachChoiceChangesOnlyWhatItNames() {
    OciLimits limits = limitsOf(1, 2, 3, 4, 5, 6, 7, 8);
    assertEquals(limitsOf(9, 2, 3, 4, 5, 6, 7, 8), limits.withEntries(9));
    assertEquals(limitsOf(1, 9, 10, 4, 5, 6, 7, 8), limits.withBytes(9, 10));
    assertEquals(limitsOf(1, 2, 3, 9, 5, 6, 7, 8), limits.withRatio(9));
    assertEquals(limitsOf(1, 2, 3, 4, 9, 10, 7, 8), limits.withPaths(9, 10));
    assertEquals(limitsOf(1, 2, 3, 4, 5, 6, 7, 9), limits.withWindowBytes(9));
  }

  /** Source: OCI image specification, "Content Descriptors" and "Image Layer Filesystem". */
  @ParameterizedTest
  @CsvSource({"NONE, tar", "GZIP, tar+gzip", "ZSTD, tar+zstd"})
  void descriptorIsThatOfAManifest(OciCompression compression, String type) {
    OciBlob blob = new OciBlob(compression, "sha256:12", 1L << 40, "sha256:34", 5);
    assertEquals(
        "{\"mediaType\":\"application/vnd.oci.image.layer.v1."
            + type
            + "\",\"digest\":\"sha256:12\",\"size\":1099511627776}",
        blob.descriptor());
  }
}
