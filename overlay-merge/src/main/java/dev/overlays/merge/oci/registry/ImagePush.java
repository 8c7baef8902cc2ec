package dev.overlays.merge.oci.registry;

import dev.overlays.OverlayException;
import dev.overlays.merge.oci.image.StoredImage;
import dev.overlays.merge.oci.layout.ImageRefusals;
import dev.overlays.merge.oci.layout.LayoutDirectory;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Sends an image: the blobs that the registry lacks, and then the manifest that names them. */
final class ImagePush {
  private final RegistryConnection connection;
  private final StoredImage image;
  private final LayoutDirectory files;
  private final ImageRefusals refusals;

  ImagePush(RegistryConnection connection, StoredImage image) {
    this.connection = connection;
    this.image = image;
    this.files = new LayoutDirectory(image.layout().directory());
    this.refusals = ImageRefusals.of(image.layout().directory(), image.name());
  }

  void run(TransferControl control) throws IOException {
    // Read and checked first: a manifest that is damaged here must not be found there.
    byte[] manifest = files.readDocument(image.manifest(), refusals);
    List<OciDescriptor> missing = new ArrayList<>();
    for (OciDescriptor blob : allBlobs()) {
      files.requireBlob(blob, refusals);
      if (!missing.contains(blob) && !connection.hasBlob(blob.digest())) {
        missing.add(blob);
      }
    }
    TransferMeter meter = new TransferMeter(control, missing);
    for (OciDescriptor blob : missing) {
      pushBlob(blob, meter);
      meter.finishBlob();
    }
    connection.pushManifest(image.manifest(), manifest);
  }

  private List<OciDescriptor> allBlobs() {
    List<OciDescriptor> blobs = new ArrayList<>(image.layers());
    blobs.add(image.config());
    return blobs;
  }

  private void pushBlob(OciDescriptor blob, TransferMeter meter) throws IOException {
    List<MeteredInput> opened = new ArrayList<>();
    List<IOException> failures = new ArrayList<>();
    try {
      connection.pushBlob(blob, () -> openAgain(blob, meter, opened, failures));
    } catch (OverlayException e) {
      // The client tells only that the connection broke.
      if (!failures.isEmpty()) {
        throw failures.get(0);
      }
      for (MeteredInput input : opened) {
        input.rethrowFailure();
      }
      throw e;
    } finally {
      for (MeteredInput input : opened) {
        input.close();
      }
    }
  }

  /** The client opens a blob again when its token has expired meanwhile. */
  private InputStream openAgain(
      OciDescriptor blob,
      TransferMeter meter,
      List<MeteredInput> opened,
      List<IOException> failures) {
    try {
      meter.startBlob();
      MeteredInput input = new MeteredInput(files.openBlob(blob, refusals), meter);
      opened.add(input);
      return input;
    } catch (IOException e) {
      failures.add(e);
      throw new UncheckedIOException(e);
    }
  }
}
