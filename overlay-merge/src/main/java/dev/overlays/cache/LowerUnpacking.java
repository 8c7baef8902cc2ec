package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.OverlaySquash;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.image.StoredImage;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Unpacks an image as one directory, and checks what the disk has of it. */
final class LowerUnpacking {
  private static final String WHOLE = "lower";
  private static final String LAYER = "layer";

  private final LowerUpdateChoices choices;
  private final LowerPlace place;
  private final Path lower;
  private final MarkNamespace marks;

  LowerUnpacking(SharedCache cache, LowerUpdateChoices choices, LowerPlace place) {
    this.choices = choices;
    this.place = place;
    this.lower = cache.lower();
    this.marks = MarkNamespace.of(cache.view().options());
  }

  void unpackImage(StoredImage image) throws IOException {
    int count = image.layers().size();
    String bottom = count == 1 ? WHOLE : LAYER + 0;
    long timesCut = 0;
    try {
      for (int i = 0; i < count; i++) {
        String target = i == 0 ? bottom : LAYER + i;
        choices.control().throwIfCancelled(lower);
        timesCut += image.importLayer(i, createImport(place.unfinished(target))).timesCut();
      }
      if (count == 0) {
        Files.createDirectory(place.unfinished(bottom));
      }
      if (count > 1) {
        choices.control().throwIfCancelled(lower);
        squashLayers(count);
      }
      refuseCutTimes(timesCut);
      verifyContent(image, bottom);
      place.keepPrepared(bottom, image.digest());
    } finally {
      for (int i = 0; i < count; i++) {
        place.removeUnfinished(LAYER + i);
      }
      place.removeUnfinished(WHOLE);
    }
  }

  /** A lower with other times is not what was published. */
  private void refuseCutTimes(long timesCut) throws OverlayException {
    if (timesCut > 0) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.MERGE_LOWER_CANNOT_KEEP,
              place.directory(),
              "The file system cannot store the time of the last change of %,d entries."
                  .formatted(timesCut),
              "Put the cache on a file system that keeps such times (ext4 with inodes of 256 bytes,"
                  + " xfs with bigtime, btrfs)."));
    }
  }

  private OciImport createImport(Path target) throws IOException {
    OciImport unpacking = OciImport.to(target).marks(marks);
    LowerUpdateControl control = choices.control();
    unpacking = unpacking.progress(control.progress()).cancelWhen(control.cancelled());
    return choices.importing().apply(ownsEverything() ? unpacking : unpacking.squashOwners());
  }

  /** An ordinary user can give nothing to others. */
  private boolean ownsEverything() throws IOException {
    Path made = Files.createFile(place.unfinished("owned"));
    try (LayerDirectory parent = LayerStore.of(made).open(place.directory())) {
      return LayerEntries.requireStat(parent, Name.of(made.getFileName().toString())).owner() == 0;
    } finally {
      Files.delete(made);
    }
  }

  /** Folds the layers of an image into its lowest. */
  private void squashLayers(int count) throws IOException {
    OverlaySpec.Builder view =
        OverlaySpec.builder()
            .ephemeral()
            .options(options -> options.withUserXattr(marks == MarkNamespace.USER));
    for (int i = count - 1; i >= 0; i--) {
      view.lower(place.unfinished(LAYER + i));
    }
    OverlaySquash.of(view.build()).run();
    try (LayerDirectory squashed = place.openUnfinished(LAYER + 0)) {
      squashed.syncFileSystem();
    }
  }

  /**
   * Reads what was unpacked, and compares its digest with that of the published lower. Images that
   * others have made need not come out as the same archive.
   */
  private void verifyContent(StoredImage image, String unpacked) throws IOException {
    boolean comparable =
        image.annotations().containsKey(LowerPublication.ANNOTATION)
            && image.layers().size() == 1
            && choices.importing() == LowerUpdateChoices.COMPLETE
            && ownsEverything();
    if (!comparable) {
      return;
    }
    Path directory = place.unfinished(unpacked);
    String digest =
        OciLayer.of(directory, marks)
            .compression(OciCompression.NONE)
            .cancelWhen(choices.control().cancelled())
            .writeTo(OutputStream.nullOutputStream())
            .digest();
    if (!digest.equals(image.diffIds().get(0))) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.IMAGE_BLOB_WRONG,
              directory,
              "What was unpacked of the image "
                  + image.digest()
                  + " is not what was published: it is "
                  + digest
                  + " instead of "
                  + image.diffIds().get(0)
                  + ".",
              "Check the disk, and follow it again."));
    }
  }
}
