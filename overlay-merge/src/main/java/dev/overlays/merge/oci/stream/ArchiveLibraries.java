package dev.overlays.merge.oci.stream;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.value.OciCompression;
import java.util.List;

/**
 * Finds the optional libraries that archives need. Classes that use them are loaded only after
 * that.
 */
public final class ArchiveLibraries {
  private ArchiveLibraries() {}

  /** Requires the library for tar and gzip, and the library that it depends on. */
  public static void requireTar() throws OverlayException {
    requireLibrary(
        "org.apache.commons.compress.archivers.tar.TarArchiveEntry",
        "org.apache.commons:commons-compress",
        "org.apache.commons.compress");
    requireLibrary(
        "org.apache.commons.lang3.ArrayUtils",
        "org.apache.commons:commons-lang3",
        "org.apache.commons.lang3");
  }

  /** Requires the libraries for archives with the given compression. */
  public static void requireFor(OciCompression compression) throws OverlayException {
    requireTar();
    if (compression == OciCompression.ZSTD) {
      requireLibrary(
          "com.github.luben.zstd.ZstdInputStream",
          "com.github.luben:zstd-jni",
          "com.github.luben.zstd_jni");
    }
  }

  private static void requireLibrary(String type, String artifact, String module)
      throws OverlayException {
    new OptionalLibrary(type, artifact, module, "layer archives need it").requirePresent();
  }

  /** Creates the exception for a library that lacks a dependency or its native part. */
  public static OverlayException unusableLibrary(LinkageError e) {
    return new OverlayException(
        List.of(
            Problem.of(
                ProblemCode.ARCHIVE_LIBRARY_MISSING,
                "A library for archives of layers cannot be used: " + e + ".",
                "Add commons-compress and zstd-jni with all their dependencies, and set"
                    + " java.io.tmpdir to a directory from which native code may be loaded.")),
        e);
  }
}
