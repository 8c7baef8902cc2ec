package dev.overlays.merge.oci.layout;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerEntries;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Creates the exceptions for images that are refused.
 *
 * @param path the layout, or a file of it; empty for an image in a registry
 * @param image the name or reference of the image
 */
public record ImageRefusals(Optional<Path> path, String image) {

  public static ImageRefusals of(Path path, String image) {
    return new ImageRefusals(Optional.of(path), image);
  }

  /** Returns the same refusals about another file. */
  ImageRefusals withPath(Path file) {
    return of(file, image);
  }

  public OverlayException notFound(String where) {
    return createException(
        ProblemCode.IMAGE_NOT_FOUND,
        "There is no image " + image + where + ".",
        "Check its name, or push or write it first.");
  }

  public OverlayException brokenDocument(String document, String what) {
    return createException(
        ProblemCode.IMAGE_BROKEN,
        "The " + document + " of the image " + image + " is damaged: " + what + ".",
        "Fetch the image again, or have it created again.");
  }

  public OverlayException missingBlob(String digest) {
    return createException(
        ProblemCode.IMAGE_BLOB_MISSING,
        "The image " + image + " needs the blob " + digest + ", which is missing.",
        "Push or pull the image again.");
  }

  public OverlayException wrongDigest(OciDescriptor expected, String found) {
    return createException(
        ProblemCode.IMAGE_BLOB_WRONG,
        "The blob "
            + expected.digest()
            + " of the image "
            + image
            + " is damaged: its digest is "
            + found
            + ".",
        "Remove it, and push or pull the image again.");
  }

  public OverlayException wrongSize(OciDescriptor expected, String found) {
    return createException(
        ProblemCode.IMAGE_BLOB_WRONG,
        "The blob "
            + expected.digest()
            + " of the image "
            + image
            + " is damaged: it has "
            + found
            + " bytes instead of "
            + expected.size()
            + ".",
        "Remove it, and push or pull the image again.");
  }

  public OverlayException unsupported(String what, String remedy) {
    return createException(
        ProblemCode.IMAGE_UNSUPPORTED, "The image " + image + ' ' + what + '.', remedy);
  }

  public OverlayException tooLarge(String what, String remedy) {
    return createException(
        ProblemCode.IMAGE_TOO_LARGE, "The image " + image + ' ' + what + '.', remedy);
  }

  public OverlayException layoutFailed(IOException e) {
    Optional<Path> where = path;
    String reason = e.toString();
    if (e instanceof FileSystemException f) {
      where = Optional.ofNullable(f.getFile()).map(LayerEntries::printablePath).or(() -> path);
      reason = LayerEntries.reasonOf(f);
    }
    return new OverlayException(
        List.of(
            new Problem(
                ProblemCode.IMAGE_LAYOUT_FAILED,
                where,
                "The image layout could not be read or written: " + reason + ".",
                "Remove the cause and try again; the images in it are as they were.")),
        e);
  }

  public OverlayException createException(ProblemCode code, String message, String remedy) {
    return new OverlayException(new Problem(code, path, message, remedy));
  }
}
