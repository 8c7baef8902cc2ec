package dev.overlays.merge.oci.registry;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.layout.ImageConfig;
import dev.overlays.merge.oci.layout.ImageManifest;
import dev.overlays.merge.oci.layout.ImageRefusals;
import dev.overlays.merge.oci.layout.JsonText;
import dev.overlays.merge.oci.layout.LayoutDirectory;
import dev.overlays.merge.oci.layout.LayoutWriter;
import dev.overlays.merge.oci.layout.NewBlob;
import dev.overlays.merge.oci.stream.BlobDigest;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Fetches an image: its manifest, and the blobs that the layout lacks. */
final class ImagePull {
  private static final int BUFFER = 1 << 16;

  /** How often a blob is asked for when the connection breaks. */
  private static final int ATTEMPTS = 3;

  private final RegistryConnection connection;
  private final ImageReference reference;
  private final RegistryChoices choices;
  private final LayoutDirectory files;
  private final ImageRefusals refusals;

  ImagePull(
      RegistryConnection connection,
      ImageReference reference,
      RegistryChoices choices,
      LayoutDirectory files) {
    this.connection = connection;
    this.reference = reference;
    this.choices = choices;
    this.files = files;
    this.refusals = new ImageRefusals(Optional.empty(), reference.toString());
  }

  void run(String name) throws IOException {
    byte[] document;
    OciDescriptor descriptor;
    try (RegistryDownload download =
        connection.openManifest().orElseThrow(() -> refusals.notFound(" in the registry"))) {
      document = readManifest(download);
      descriptor = describe(document, download.mediaType());
    }
    ImageManifest manifest = ImageManifest.parse(document, descriptor.mediaType(), refusals);
    requireSizes(manifest);
    try (LayoutWriter writer = LayoutWriter.open(files, refusals)) {
      try {
        fetchBlobs(manifest, writer);
        writer.publishImage(name, writer.addDocument(manifest.mediaType(), document));
      } catch (OverlayException e) {
        if (e.has(ProblemCode.REGISTRY_NOT_REACHED) || e.has(ProblemCode.MERGE_CANCELLED)) {
          writer.keepBlobs();
        }
        throw e;
      }
    }
  }

  private byte[] readManifest(RegistryDownload download) throws IOException {
    byte[] document;
    try {
      document = download.content().readNBytes(JsonText.MAX_BYTES + 1);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw connection.refusals().notReached(e);
    }
    if (document.length > JsonText.MAX_BYTES) {
      throw refusals.tooLarge(
          "has a manifest of more than " + JsonText.MAX_BYTES + " bytes",
          "Do not trust this registry.");
    }
    return document;
  }

  private OciDescriptor describe(byte[] document, String mediaType) throws OverlayException {
    String digest = "sha256:" + HexFormat.of().formatHex(BlobDigest.newSha256().digest(document));
    OciDescriptor descriptor = new OciDescriptor(mediaType, digest, document.length);
    if (reference.isDigest() && !reference.version().equals(digest)) {
      throw refusals.wrongDigest(
          new OciDescriptor(mediaType, reference.version(), document.length), digest);
    }
    return descriptor;
  }

  private void requireSizes(ImageManifest manifest) throws OverlayException {
    LayoutDirectory.requireSmall(manifest.config(), refusals);
    long rest = choices.maxBytes();
    for (OciDescriptor layer : manifest.layers()) {
      rest -= Math.min(layer.size(), rest + 1);
      if (rest < 0) {
        throw refusals.tooLarge(
            "has layers of more than " + choices.maxBytes() + " bytes",
            "If you trust its author, raise the limit with OciRegistry.maxBytes.");
      }
    }
  }

  private void fetchBlobs(ImageManifest manifest, LayoutWriter writer) throws IOException {
    List<OciDescriptor> missing = new ArrayList<>();
    List<OciDescriptor> all = new ArrayList<>(List.of(manifest.config()));
    all.addAll(manifest.layers());
    for (OciDescriptor blob : all) {
      if (!missing.contains(blob) && !files.holdsIntact(blob, refusals)) {
        missing.add(blob);
      }
    }
    TransferMeter meter = new TransferMeter(choices.control(), missing);
    boolean checked = false;
    for (OciDescriptor blob : missing) {
      checked = checked || checkConfig(manifest, blob);
      fetchBlob(blob, writer, meter);
    }
    checkConfig(manifest, null);
  }

  /** Checks the configuration as soon as it is there: before any layer is fetched. */
  private boolean checkConfig(ImageManifest manifest, OciDescriptor next) throws IOException {
    if (manifest.config().equals(next)) {
      return false;
    }
    ImageConfig.parse(
        files.readDocument(manifest.config(), refusals), manifest.layers().size(), refusals);
    return true;
  }

  private void fetchBlob(OciDescriptor blob, LayoutWriter writer, TransferMeter meter)
      throws IOException {
    meter.startBlob();
    try (NewBlob written = writer.newBlob()) {
      for (int attempt = 1; written.byteCount() < blob.size() || attempt == 1; attempt++) {
        try {
          receive(blob, written, meter);
        } catch (OverlayException e) {
          if (!e.has(ProblemCode.REGISTRY_NOT_REACHED) || attempt == ATTEMPTS) {
            throw e;
          }
        }
      }
      String digest = written.digestText();
      if (!digest.equals(blob.digest())) {
        throw refusals.wrongDigest(blob, digest);
      }
      writer.keepBlob(written, digest);
    }
    meter.finishBlob();
  }

  /** Receives what is missing of a blob, until its end or until the connection breaks. */
  private void receive(OciDescriptor blob, NewBlob written, TransferMeter meter)
      throws IOException {
    try (RegistryDownload download = connection.openBlob(blob, written.byteCount())) {
      long position = download.offset();
      byte[] buffer = new byte[BUFFER];
      int got = readSome(download.content(), buffer);
      while (got >= 0) {
        // A registry that knows no ranges sends the blob from its start.
        int known = (int) Math.max(0, Math.min(got, written.byteCount() - position));
        position += got;
        if (position > blob.size()) {
          throw refusals.wrongSize(blob, "more than " + blob.size());
        }
        written.write(buffer, known, got - known);
        meter.addBytes(got - known);
        got = readSome(download.content(), buffer);
      }
      if (position < blob.size()) {
        throw refusals.wrongSize(blob, String.valueOf(position));
      }
    }
  }

  private int readSome(InputStream in, byte[] buffer) throws IOException {
    try {
      return in.read(buffer);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw connection.refusals().notReached(e);
    }
  }
}
