package dev.overlays.merge.oci.image;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.layout.ImageLibraries;
import dev.overlays.merge.oci.layout.ImageRefusals;
import dev.overlays.merge.oci.layout.LayoutDirectory;
import dev.overlays.merge.oci.layout.LayoutWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A directory that holds images, in the OCI image layout: {@code skopeo}, {@code podman} and {@code
 * buildah} know it as {@code oci:DIRECTORY:NAME}. Immutable.
 *
 * <p>Blobs are files that are named by their digest, so images share the layers that they have in
 * common. Each file is whole or absent, also after a crash; readers need no lock, and one writer
 * waits for another, in this process or in another one.
 */
public final class OciLayout {
  private final Path directory;

  private OciLayout(Path directory) {
    this.directory = directory;
  }

  /**
   * Returns the layout in a directory.
   *
   * @param directory an image layout, or a directory that is empty or does not exist and becomes
   *     one when the first image is written
   * @return the layout
   */
  public static OciLayout at(Path directory) {
    return new OciLayout(Objects.requireNonNull(directory, "directory"));
  }

  /**
   * Returns the directory.
   *
   * @return the directory, as it was given
   */
  public Path directory() {
    return directory;
  }

  /**
   * Lists the names of the images.
   *
   * @return the names, in the order in which the images came
   * @throws OverlayException if the directory is no layout ({@link ProblemCode#IMAGE_NOT_FOUND}),
   *     its index is damaged ({@link ProblemCode#IMAGE_BROKEN}), it cannot be read ({@link
   *     ProblemCode#IMAGE_LAYOUT_FAILED}), or a library is missing ({@link
   *     ProblemCode#ARCHIVE_LIBRARY_MISSING})
   */
  public List<String> names() throws OverlayException {
    ImageRefusals refusals = ImageRefusals.of(directory, "of any name");
    return reading(
        refusals,
        files -> {
          files.requireLayout(refusals);
          return List.copyOf(files.readIndex(refusals).names());
        });
  }

  /**
   * Finds an image. Its documents are read and checked, its layers must exist and have their size;
   * {@link StoredImage#verify} also reads them.
   *
   * @param name its name in the layout, or the digest of its manifest
   * @return the image
   * @throws OverlayException if there is no such image ({@link ProblemCode#IMAGE_NOT_FOUND}), a
   *     document is damaged ({@link ProblemCode#IMAGE_BROKEN}), a blob is missing ({@link
   *     ProblemCode#IMAGE_BLOB_MISSING}) or has another size or digest ({@link
   *     ProblemCode#IMAGE_BLOB_WRONG}), the image is a list of images or has parts of unknown kinds
   *     ({@link ProblemCode#IMAGE_UNSUPPORTED}) or exceeds a limit ({@link
   *     ProblemCode#IMAGE_TOO_LARGE}), the layout cannot be read ({@link
   *     ProblemCode#IMAGE_LAYOUT_FAILED}), or a library is missing ({@link
   *     ProblemCode#ARCHIVE_LIBRARY_MISSING})
   */
  public StoredImage find(String name) throws OverlayException {
    ImageRefusals refusals = ImageRefusals.of(directory, Objects.requireNonNull(name, "name"));
    return reading(refusals, files -> StoredImage.read(this, name, files, refusals));
  }

  /**
   * Takes the name from an image. Its blobs stay until {@link #removeUnnamedBlobs()}, since other
   * images may have them, too.
   *
   * @param name its name in the layout, or the digest of its manifest, which removes all its names
   * @return whether there was such an image
   * @throws OverlayException as {@link #names()}, or if the layout cannot be written ({@link
   *     ProblemCode#IMAGE_LAYOUT_FAILED})
   */
  public boolean removeImage(String name) throws OverlayException {
    ImageRefusals refusals = ImageRefusals.of(directory, Objects.requireNonNull(name, "name"));
    return reading(
        refusals,
        files -> {
          files.requireLayout(refusals);
          try (LayoutWriter writer = LayoutWriter.open(files, refusals)) {
            return writer.removeImage(name);
          }
        });
  }

  /**
   * Removes every blob that no image of the layout needs, with all that killed programs have left.
   * A transfer of an image that has lost its name meanwhile may fail then.
   *
   * @return the bytes that were freed
   * @throws OverlayException as {@link #names()}; if a document that an image needs is damaged, so
   *     that it is not known what else it needs ({@link ProblemCode#IMAGE_BROKEN}, {@link
   *     ProblemCode#IMAGE_BLOB_WRONG}), and nothing is removed; or if a blob cannot be removed
   *     ({@link ProblemCode#IMAGE_LAYOUT_FAILED})
   */
  public long removeUnnamedBlobs() throws OverlayException {
    ImageRefusals refusals = ImageRefusals.of(directory, "of any name");
    return reading(
        refusals,
        files -> {
          files.requireLayout(refusals);
          try (LayoutWriter writer = LayoutWriter.open(files, refusals)) {
            return writer.removeUnnamedBlobs();
          }
        });
  }

  @Override
  public String toString() {
    return directory.toString();
  }

  /** Does something with the files of the layout, and tells what fails in words of images. */
  static <T> T reading(Path directory, ImageRefusals refusals, FileUse<T> use)
      throws OverlayException {
    ImageLibraries.requireJson();
    try {
      return use.useFiles(new LayoutDirectory(directory));
    } catch (OverlayException e) {
      throw e;
    } catch (LinkageError e) {
      throw ImageLibraries.unusableLibrary(e);
    } catch (IOException e) {
      throw refusals.layoutFailed(e);
    }
  }

  private <T> T reading(ImageRefusals refusals, FileUse<T> use) throws OverlayException {
    return reading(directory, refusals, use);
  }

  /** Something that is done with the files of a layout. */
  @FunctionalInterface
  interface FileUse<T> {
    T useFiles(LayoutDirectory files) throws IOException;
  }
}
