package dev.overlays.merge.oci.image;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.layout.ImageConfig;
import dev.overlays.merge.oci.layout.ImageManifest;
import dev.overlays.merge.oci.layout.ImageMediaTypes;
import dev.overlays.merge.oci.layout.ImageRefusals;
import dev.overlays.merge.oci.layout.LayoutDirectory;
import dev.overlays.merge.oci.layout.LayoutIndex;
import dev.overlays.merge.oci.layout.LayoutWriter;
import dev.overlays.merge.oci.layout.NewBlob;
import dev.overlays.merge.oci.stream.CancelledStreams;
import dev.overlays.merge.oci.value.OciBlob;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * What an image is made of: layers from the lowest to the topmost, and what its author says of it.
 * Every container tool and registry knows such images. Immutable.
 *
 * <pre>{@code
 * StoredImage image =
 *     OciImage.of(spec)
 *         .annotation("org.opencontainers.image.title", "shared cache")
 *         .writeTo(OciLayout.at(Path.of("/srv/images")), "v1");
 * }</pre>
 *
 * <p>The same layers give an image with the same bytes and so with the same digest, on every
 * machine and at any time: an image names no time unless you give one. Layers compressed by gzip or
 * zstd are the same wherever the compressor is (see {@code OciCompression}).
 */
public final class OciImage {
  private final StoredImage base;
  private final List<OciLayer> layers;
  private final SortedMap<String, String> annotations;
  private final SortedMap<String, String> labels;
  private final Instant created;
  private final String platform;
  private final BooleanSupplier cancelled;

  private OciImage(
      StoredImage base,
      List<OciLayer> layers,
      SortedMap<String, String> annotations,
      SortedMap<String, String> labels,
      Instant created,
      String platform,
      BooleanSupplier cancelled) {
    this.base = base;
    this.layers = layers;
    this.annotations = annotations;
    this.labels = labels;
    this.created = created;
    this.platform = platform;
    this.cancelled = cancelled;
  }

  /**
   * Returns an image of layers.
   *
   * @param layers the layers, the lowest first: a lower as the base, an upper as its increment
   * @return an image for linux/amd64, whatever this machine is
   */
  public static OciImage of(List<OciLayer> layers) {
    return new OciImage(
        null,
        List.copyOf(layers),
        new TreeMap<>(),
        new TreeMap<>(),
        null,
        "linux/amd64",
        () -> false);
  }

  /**
   * Returns an image of what a view shows: its lowers, and its upper if it has one. Data-only
   * lowers are no layers of images; what files need of them is exported with the files.
   *
   * @param spec how the view is mounted
   * @return an image for linux/amd64, whatever this machine is
   */
  public static OciImage of(OverlaySpec spec) {
    List<OciLayer> layers = new ArrayList<>();
    List<Path> lowers = spec.lowers();
    for (int i = lowers.size() - 1; i >= 0; i--) {
      layers.add(OciLayer.of(spec, lowers.get(i)));
    }
    if (spec.upper().isPresent()) {
      layers.add(OciLayer.of(spec));
    }
    return of(layers);
  }

  /**
   * Returns this image with the layers of another one below its own, which are not exported again.
   *
   * @param image the image that this one is an increment of
   * @return another image
   */
  public OciImage onTopOf(StoredImage image) {
    Objects.requireNonNull(image, "image");
    return new OciImage(image, layers, annotations, labels, created, platform, cancelled);
  }

  /**
   * Returns this image with an annotation of its manifest.
   *
   * @param key for example {@code org.opencontainers.image.title}
   * @param value its value, which replaces another one of this key
   * @return another image
   */
  public OciImage annotation(String key, String value) {
    return new OciImage(
        base, layers, with(annotations, key, value), labels, created, platform, cancelled);
  }

  /**
   * Returns this image with a label, which its containers get.
   *
   * @param key the key
   * @param value its value, which replaces another one of this key
   * @return another image
   */
  public OciImage label(String key, String value) {
    return new OciImage(
        base, layers, annotations, with(labels, key, value), created, platform, cancelled);
  }

  private static SortedMap<String, String> with(Map<String, String> map, String key, String value) {
    SortedMap<String, String> more = new TreeMap<>(map);
    more.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
    return more;
  }

  /**
   * Returns this image with the time of its creation. Another time gives another digest.
   *
   * @param time when it was created
   * @return another image
   */
  public OciImage created(Instant time) {
    Objects.requireNonNull(time, "time");
    return new OciImage(base, layers, annotations, labels, time, platform, cancelled);
  }

  /**
   * Returns this image for another platform.
   *
   * @param operatingSystem in Go's words, for example {@code linux}
   * @param processor in Go's words, for example {@code arm64}
   * @return another image
   */
  public OciImage platform(String operatingSystem, String processor) {
    Objects.requireNonNull(operatingSystem, "operatingSystem");
    Objects.requireNonNull(processor, "processor");
    return new OciImage(
        base, layers, annotations, labels, created, operatingSystem + '/' + processor, cancelled);
  }

  /**
   * Returns this image with a condition that is checked before each write of a layer's archive and
   * cancels the export, of which nothing is left then.
   *
   * @param asked returns whether to cancel; any thread may call it
   * @return another image
   */
  public OciImage cancelWhen(BooleanSupplier asked) {
    Objects.requireNonNull(asked, "asked");
    return new OciImage(base, layers, annotations, labels, created, platform, asked);
  }

  /**
   * Exports all layers and writes the image. It is in the layout when this method returns, and
   * nothing of it otherwise; only a process that is killed may leave files that no image names.
   *
   * @param layout where it is written
   * @param name its name there; an image that has the name loses it
   * @return the image
   * @throws OverlayException if a layer cannot be exported (see {@link OciLayer#writeTo}), the
   *     directory is no layout and not empty ({@link ProblemCode#ARCHIVE_TARGET_EXISTS}), its index
   *     or the image below is damaged ({@link ProblemCode#IMAGE_BROKEN}, {@link
   *     ProblemCode#IMAGE_BLOB_MISSING}, {@link ProblemCode#IMAGE_BLOB_WRONG}), the layout cannot
   *     be written ({@link ProblemCode#IMAGE_LAYOUT_FAILED}), it was cancelled ({@link
   *     ProblemCode#MERGE_CANCELLED}), or a library is missing ({@link
   *     ProblemCode#ARCHIVE_LIBRARY_MISSING})
   * @throws IllegalArgumentException if the name is none that the specification allows
   */
  public StoredImage writeTo(OciLayout layout, String name) throws OverlayException {
    LayoutIndex.requireName(name);
    ImageRefusals refusals = ImageRefusals.of(layout.directory(), name);
    return OciLayout.reading(
        layout.directory(),
        refusals,
        files -> {
          try (LayoutWriter writer = LayoutWriter.open(files, refusals)) {
            writeImage(writer, files, name, refusals);
            return StoredImage.read(layout, name, files, refusals);
          }
        });
  }

  private void writeImage(
      LayoutWriter writer, LayoutDirectory files, String name, ImageRefusals refusals)
      throws IOException {
    List<OciDescriptor> blobs = new ArrayList<>();
    List<String> diffIds = new ArrayList<>();
    if (base != null) {
      for (int i = 0; i < base.layers().size(); i++) {
        copyLayer(i, writer, files, refusals);
      }
      blobs.addAll(base.layers().stream().map(ImageMediaTypes::asOciLayer).toList());
      diffIds.addAll(base.diffIds());
    }
    for (OciLayer layer : layers) {
      OciBlob blob = exportLayer(layer, writer, files);
      blobs.add(new OciDescriptor(blob.compression().mediaType(), blob.digest(), blob.size()));
      diffIds.add(blob.diffId());
    }
    ImageConfig config =
        new ImageConfig(created == null ? null : created.toString(), platform, labels, diffIds);
    OciDescriptor configBlob = writer.addDocument(ImageConfig.MEDIA_TYPE, config.toBytes());
    ImageManifest manifest =
        new ImageManifest(ImageMediaTypes.MANIFEST, configBlob, blobs, annotations);
    manifest.requireKnownParts(refusals);
    OciDescriptor manifestBlob = writer.addDocument(ImageMediaTypes.MANIFEST, manifest.toBytes());
    LayoutDirectory.requireSmall(manifestBlob, refusals);
    LayoutDirectory.requireSmall(configBlob, refusals);
    writer.publishImage(name, manifestBlob);
  }

  private OciBlob exportLayer(OciLayer layer, LayoutWriter writer, LayoutDirectory files)
      throws IOException {
    try (NewBlob blob = writer.newBlob()) {
      OciBlob exported =
          layer.writeTo(CancelledStreams.cancelOutput(blob, cancelled, files.root()));
      writer.keepBlob(blob, exported.digest());
      return exported;
    }
  }

  private void copyLayer(
      int index, LayoutWriter writer, LayoutDirectory files, ImageRefusals refusals)
      throws IOException {
    OciDescriptor layer = base.layers().get(index);
    if (!files.holdsIntact(layer, refusals)) {
      try (InputStream in = base.openLayer(index);
          NewBlob blob = writer.newBlob()) {
        in.transferTo(CancelledStreams.cancelOutput(blob, cancelled, files.root()));
        writer.keepBlob(blob, layer.digest());
      }
    }
  }
}
