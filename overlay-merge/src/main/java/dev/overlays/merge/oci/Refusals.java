package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;

/** Creates the exceptions for archives that an import refuses. */
record Refusals(Path target) {
  private static final String UNTRUSTED =
      "Nothing was unpacked; do not trust this archive, or have it made again.";

  OverlayException broken(String what) {
    return exception(
        ProblemCode.ARCHIVE_BROKEN,
        "The archive is damaged or no layer: " + what + ".",
        "Fetch it again, and compare its digest with that of the manifest.");
  }

  OverlayException unsafe(RawPath entry, String what) {
    return exception(ProblemCode.ARCHIVE_ENTRY_UNSAFE, sentence(entry, what), UNTRUSTED);
  }

  OverlayException unsupported(RawPath entry, String what) {
    return exception(
        ProblemCode.ARCHIVE_ENTRY_UNSUPPORTED,
        sentence(entry, what),
        "Have the layer made without it: an OCI layer in the form of POSIX pax or GNU tar.");
  }

  OverlayException privileged(RawPath entry, String what, String choice) {
    return exception(
        ProblemCode.ARCHIVE_ENTRY_PRIVILEGED,
        sentence(entry, what),
        "If you trust who made it, say OciImport." + choice + "(TAKE), or else LEAVE_OUT.");
  }

  OverlayException tooLarge(RawPath entry, String what) {
    return tooLarge(sentence(entry, what));
  }

  OverlayException tooLarge(String message) {
    return exception(
        ProblemCode.ARCHIVE_TOO_LARGE,
        message,
        "If you trust who made it, allow more by OciImport.limits.");
  }

  OverlayException exists() {
    return exception(
        ProblemCode.ARCHIVE_TARGET_EXISTS,
        "There is something already.",
        "Unpack the archive to a path where nothing is.");
  }

  OverlayException exception(ProblemCode code, String message, String remedy) {
    return new OverlayException(Problem.of(code, target, message, remedy));
  }

  private static String sentence(RawPath entry, String what) {
    return "The entry " + entry + ' ' + what + '.';
  }
}
