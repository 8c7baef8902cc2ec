package dev.overlays.merge.oci.tar;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;

/** Creates the exceptions for archives that an import refuses. */
public record ArchiveRefusals(Path target) {
  private static final String UNTRUSTED =
      "Nothing was unpacked. Do not trust this archive, or have it created again.";

  public OverlayException brokenArchive(String what) {
    return createException(
        ProblemCode.ARCHIVE_BROKEN,
        "The archive is damaged or not a layer: " + what + ".",
        "Fetch it again, and compare its digest with the manifest.");
  }

  public OverlayException unsafeEntry(RawPath entry, String what) {
    return createException(ProblemCode.ARCHIVE_ENTRY_UNSAFE, entrySentence(entry, what), UNTRUSTED);
  }

  public OverlayException unsupportedEntry(RawPath entry, String what) {
    return createException(
        ProblemCode.ARCHIVE_ENTRY_UNSUPPORTED,
        entrySentence(entry, what),
        "Have the layer created without it, as an OCI layer in the form of POSIX pax or GNU tar.");
  }

  public OverlayException privilegedEntry(RawPath entry, String what, String choice) {
    return createException(
        ProblemCode.ARCHIVE_ENTRY_PRIVILEGED,
        entrySentence(entry, what),
        "If you trust its author, call OciImport."
            + choice
            + "(TAKE), or otherwise with LEAVE_OUT.");
  }

  public OverlayException tooLarge(RawPath entry, String what) {
    return tooLarge(entrySentence(entry, what));
  }

  public OverlayException tooLarge(String message) {
    return createException(
        ProblemCode.ARCHIVE_TOO_LARGE,
        message,
        "If you trust its author, raise the limit with OciImport.limits.");
  }

  public OverlayException targetExists() {
    return createException(
        ProblemCode.ARCHIVE_TARGET_EXISTS,
        "The target exists already.",
        "Choose a path that does not exist.");
  }

  public OverlayException createException(ProblemCode code, String message, String remedy) {
    return new OverlayException(Problem.of(code, target, message, remedy));
  }

  private static String entrySentence(RawPath entry, String what) {
    return "The entry " + entry + ' ' + what + '.';
  }
}
