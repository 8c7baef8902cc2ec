package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.util.List;

/**
 * The libraries that are asked for only where layers travel. What uses them is loaded after this
 * has found them.
 */
final class ArchiveLibraries {
  private ArchiveLibraries() {}

  /** Looks for what reads and writes tar and gzip, with what that depends on. */
  static void requireTar() throws OverlayException {
    requireClass(
        "org.apache.commons.compress.archivers.tar.TarArchiveEntry",
        "org.apache.commons:commons-compress",
        "org.apache.commons.compress");
    requireClass(
        "org.apache.commons.lang3.ArrayUtils",
        "org.apache.commons:commons-lang3",
        "org.apache.commons.lang3");
  }

  /** Looks for all that reads and writes archives that are packed in some way. */
  static void requireClass(OciCompression compression) throws OverlayException {
    requireTar();
    if (compression == OciCompression.ZSTD) {
      requireClass(
          "com.github.luben.zstd.ZstdInputStream",
          "com.github.luben:zstd-jni",
          "com.github.luben.zstd_jni");
    }
  }

  private static void requireClass(String type, String artifact, String module)
      throws OverlayException {
    try {
      Class.forName(type, false, ArchiveLibraries.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.ARCHIVE_LIBRARY_MISSING,
              "The library " + artifact + " is not there, which layers travel by.",
              "Add it to the dependencies; on the module path also say --add-modules "
                  + module
                  + "."));
    }
  }

  /** What is said of a library that is there, but lacks another one or its native part. */
  static OverlayException unusableLibrary(LinkageError e) {
    return new OverlayException(
        List.of(
            Problem.of(
                ProblemCode.ARCHIVE_LIBRARY_MISSING,
                "A library that layers travel by cannot be used: " + e + ".",
                "Bring commons-compress and zstd-jni with all that they depend on, and let"
                    + " java.io.tmpdir be where native code may be loaded from.")),
        e);
  }
}
