package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;

/** Creates the exceptions for archives that an import refuses. */
record ArchiveRefusals(Path target) {
  private static final String UNTRUSTED =
      "Nothing was unpacked. Do not trust this archive, or have it created again.";

  OverlayException brokenArchive(String what) {
    return refusalOf(
        ProblemCode.ARCHIVE_BROKEN,
        "The archive is damaged or not a layer: " + what + ".",
        "Fetch it again, and compare its digest with the manifest.");
  }

  OverlayException unsafeEntry(RawPath entry, String what) {
    return refusalOf(ProblemCode.ARCHIVE_ENTRY_UNSAFE, sentenceOn(entry, what), UNTRUSTED);
  }

  OverlayException unsupportedEntry(RawPath entry, String what) {
    return refusalOf(
        ProblemCode.ARCHIVE_ENTRY_UNSUPPORTED,
        sentenceOn(entry, what),
        "Have the layer created without it, as an OCI layer in the form of POSIX pax or GNU tar.");
  }

  OverlayException privilegedEntry(RawPath entry, String what, String choice) {
    return refusalOf(
        ProblemCode.ARCHIVE_ENTRY_PRIVILEGED,
        sentenceOn(entry, what),
        "If you trust its author, call OciImport."
            + choice
            + "(TAKE), or otherwise with LEAVE_OUT.");
  }

  OverlayException tooLarge(RawPath entry, String what) {
    return tooLarge(sentenceOn(entry, what));
  }

  OverlayException tooLarge(String message) {
    return refusalOf(
        ProblemCode.ARCHIVE_TOO_LARGE,
        message,
        "If you trust its author, raise the limit with OciImport.limits.");
  }

  OverlayException targetExists() {
    return refusalOf(
        ProblemCode.ARCHIVE_TARGET_EXISTS,
        "The target exists already.",
        "Choose a path that does not exist.");
  }

  OverlayException refusalOf(ProblemCode code, String message, String remedy) {
    return new OverlayException(Problem.of(code, target, message, remedy));
  }

  private static String sentenceOn(RawPath entry, String what) {
    return "The entry " + entry + ' ' + what + '.';
  }
}
