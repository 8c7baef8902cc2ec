package dev.overlays.merge.oci.image;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.layout.ImageConfig;
import dev.overlays.merge.oci.layout.ImageManifest;
import dev.overlays.merge.oci.layout.ImageRefusals;
import dev.overlays.merge.oci.layout.LayoutDirectory;
import dev.overlays.merge.oci.value.OciDescriptor;
import dev.overlays.merge.oci.value.OciImportReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image in a layout, as it was when it was looked up. Immutable.
 *
 * <pre>{@code
 * StoredImage image = OciLayout.at(directory).find("v1");
 * for (int i = 0; i < image.layers().size(); i++) {
 *   image.importLayer(i, OciImport.to(layers.resolve("layer" + i)));
 * }
 * }</pre>
 */
public final class StoredImage {
  private final OciLayout layout;
  private final String name;
  private final OciDescriptor descriptor;
  private final ImageManifest manifest;
  private final ImageConfig config;

  private StoredImage(
      OciLayout layout,
      String name,
      OciDescriptor descriptor,
      ImageManifest manifest,
      ImageConfig config) {
    this.layout = layout;
    this.name = name;
    this.descriptor = descriptor;
    this.manifest = manifest;
    this.config = config;
  }

  static StoredImage read(
      OciLayout layout, String name, LayoutDirectory files, ImageRefusals refusals)
      throws IOException {
    files.requireLayout(refusals);
    OciDescriptor descriptor = files.readIndex(refusals).find(refusals);
    ImageManifest manifest =
        ImageManifest.parse(
            files.readDocument(descriptor, refusals), descriptor.mediaType(), refusals);
    ImageConfig config =
        ImageConfig.parse(
            files.readDocument(manifest.config(), refusals), manifest.layers().size(), refusals);
    for (OciDescriptor layer : manifest.layers()) {
      files.requireBlob(layer, refusals);
    }
    OciDescriptor found =
        new OciDescriptor(manifest.mediaType(), descriptor.digest(), descriptor.size());
    return new StoredImage(layout, name, found, manifest, config);
  }

  /**
   * Returns the layout that holds the image.
   *
   * @return the layout
   */
  public OciLayout layout() {
    return layout;
  }

  /**
   * Returns what the image was looked up by.
   *
   * @return the name or digest
   */
  public String name() {
    return name;
  }

  /**
   * Returns the digest of the manifest, by which every registry and tool knows exactly this image.
   *
   * @return {@code sha256:} and 64 hexadecimal digits
   */
  public String digest() {
    return descriptor.digest();
  }

  /**
   * Returns the manifest's descriptor.
   *
   * @return the descriptor in the layout's index
   */
  public OciDescriptor manifest() {
    return descriptor;
  }

  /**
   * Returns the configuration's descriptor.
   *
   * @return the descriptor in the manifest
   */
  public OciDescriptor config() {
    return manifest.config();
  }

  /**
   * Returns the archives of the layers.
   *
   * @return their descriptors, the lowest layer first
   */
  public List<OciDescriptor> layers() {
    return manifest.layers();
  }

  /**
   * Returns the digests of the uncompressed layers.
   *
   * @return the digests that the configuration lists, the lowest layer first
   */
  public List<String> diffIds() {
    return config.diffIds();
  }

  /**
   * Returns the annotations of the manifest.
   *
   * @return keys and values, sorted by key
   */
  public Map<String, String> annotations() {
    return Map.copyOf(manifest.annotations());
  }

  /**
   * Returns the labels of the configuration.
   *
   * @return keys and values
   */
  public Map<String, String> labels() {
    return Map.copyOf(config.labels());
  }

  /**
   * Returns when the image was created.
   *
   * @return the time as the configuration has it (RFC 3339), if it says so
   */
  public Optional<String> created() {
    return Optional.ofNullable(config.created());
  }

  /**
   * Returns what the image is for.
   *
   * @return operating system and processor, for example {@code linux/amd64}
   */
  public String platform() {
    return config.platform();
  }

  /**
   * Opens the archive of a layer. Its size and digest are checked while it is read: a read at its
   * end throws an {@link OverlayException} with {@link ProblemCode#IMAGE_BLOB_WRONG} if they are
   * wrong.
   *
   * @param index of the layer, 0 for the lowest
   * @return the archive, compressed as it is stored
   * @throws OverlayException if it is missing ({@link ProblemCode#IMAGE_BLOB_MISSING}), has another
   *     size ({@link ProblemCode#IMAGE_BLOB_WRONG}), or cannot be opened ({@link
   *     ProblemCode#IMAGE_LAYOUT_FAILED})
   * @throws IndexOutOfBoundsException if there is no such layer
   */
  public InputStream openLayer(int index) throws OverlayException {
    OciDescriptor layer = layers().get(index);
    return OciLayout.reading(
        layout.directory(), refusals(), files -> files.openBlob(layer, refusals()));
  }

  /**
   * Unpacks a layer into a new directory. Stored archive and unpacked content are checked: by the
   * digest in the manifest, and by that in the configuration.
   *
   * @param index of the layer, 0 for the lowest
   * @param target the new directory, and what is allowed in it; the digest and size of its archive
   *     are set by this method
   * @return what was unpacked
   * @throws OverlayException for every reason that {@link #openLayer} and {@link OciImport#run}
   *     have; nothing is left then
   * @throws IndexOutOfBoundsException if there is no such layer
   */
  public OciImportReport importLayer(int index, OciImport target) throws OverlayException {
    String diffId = diffIds().get(index);
    try (InputStream archive = openLayer(index)) {
      return target.digest(diffId).archiveBytes(layers().get(index).size()).run(archive);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw refusals().layoutFailed(e);
    }
  }

  /**
   * Reads all layers and checks them.
   *
   * @throws OverlayException if a layer is missing ({@link ProblemCode#IMAGE_BLOB_MISSING}), has
   *     another size or digest ({@link ProblemCode#IMAGE_BLOB_WRONG}), or cannot be read ({@link
   *     ProblemCode#IMAGE_LAYOUT_FAILED})
   */
  public void verify() throws OverlayException {
    for (int i = 0; i < layers().size(); i++) {
      try (InputStream layer = openLayer(i)) {
        layer.transferTo(OutputStream.nullOutputStream());
      } catch (OverlayException e) {
        throw e;
      } catch (IOException e) {
        throw refusals().layoutFailed(e);
      }
    }
  }

  private ImageRefusals refusals() {
    return ImageRefusals.of(layout.directory(), name);
  }

  @Override
  public String toString() {
    return layout + ":" + name;
  }
}
