package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;

/** What is said of an archive that is not unpacked, and where it was to be. */
record ArchiveRefusals(Path target) {
  private static final String UNTRUSTED =
      "Nothing was unpacked; do not trust this archive, or have it made again.";

  OverlayException brokenArchive(String what) {
    return refusalOf(
        ProblemCode.ARCHIVE_BROKEN,
        "The archive is damaged or no layer: " + what + ".",
        "Fetch it again, and compare its digest with that of the manifest.");
  }

  OverlayException unsafeEntry(RawPath entry, String what) {
    return refusalOf(ProblemCode.ARCHIVE_ENTRY_UNSAFE, sentenceOn(entry, what), UNTRUSTED);
  }

  OverlayException unsupportedEntry(RawPath entry, String what) {
    return refusalOf(
        ProblemCode.ARCHIVE_ENTRY_UNSUPPORTED,
        sentenceOn(entry, what),
        "Have the layer made without it: an OCI layer in the form of POSIX pax or GNU tar.");
  }

  OverlayException privilegedEntry(RawPath entry, String what, String choice) {
    return refusalOf(
        ProblemCode.ARCHIVE_ENTRY_PRIVILEGED,
        sentenceOn(entry, what),
        "If you trust who made it, say OciImport." + choice + "(TAKE), or else LEAVE_OUT.");
  }

  OverlayException tooLarge(RawPath entry, String what) {
    return tooLarge(sentenceOn(entry, what));
  }

  OverlayException tooLarge(String message) {
    return refusalOf(
        ProblemCode.ARCHIVE_TOO_LARGE,
        message,
        "If you trust who made it, allow more by OciImport.limits.");
  }

  OverlayException targetExists() {
    return refusalOf(
        ProblemCode.ARCHIVE_TARGET_EXISTS,
        "There is something already.",
        "Unpack the archive to a path where nothing is.");
  }

  OverlayException refusalOf(ProblemCode code, String message, String remedy) {
    return new OverlayException(Problem.of(code, target, message, remedy));
  }

  private static String sentenceOn(RawPath entry, String what) {
    return "The entry " + entry + ' ' + what + '.';
  }
}
