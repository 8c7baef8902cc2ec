package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.image.OciLayout;
import dev.overlays.merge.oci.image.StoredImage;
import dev.overlays.merge.oci.registry.OciRegistry;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes up an image as the lower of a cache, step by step. */
final class LowerUpdateRun {
  private final SharedCache cache;
  private final LowerUpdateChoices choices;
  private final LowerPlace place;
  private final PausedInstances paused;

  LowerUpdateRun(SharedCache cache, LowerUpdateChoices choices, LowerPlace place) {
    this.cache = cache;
    this.choices = choices;
    this.place = place;
    this.paused = new PausedInstances(cache);
  }

  FollowReport run() throws IOException {
    place.recover();
    String wanted = choices.image().digest().orElseThrow(this::noSuchImage);
    if (place.recordOfLower().filter(record -> record.image().equals(wanted)).isPresent()) {
      place.recordPublished();
      place.removePrepared();
      return finishEarlierRun(wanted);
    }
    // Refusals come before anything is fetched, and again when nothing can change any more.
    String content = refuseLower(Optional.empty());
    refuseInstances(cache.instances());
    place.removeFormer(cache.view());
    String image = prepareNext(wanted);
    choices.control().throwIfCancelled(cache.lower());
    InstanceFailures failures = new InstanceFailures();
    List<String> mounted;
    try {
      failures.runStep(() -> switchLower(content));
    } finally {
      mounted = paused.mountAgain(failures);
    }
    failures.throwAll();
    return new FollowReport(image, true, mounted, keptNotices());
  }

  private OverlayException noSuchImage() {
    return new OverlayException(
        Problem.of(
            ProblemCode.IMAGE_NOT_FOUND,
            "There is no image " + choices.image() + " in the registry.",
            "Check its name, or publish it first."));
  }

  private FollowReport finishEarlierRun(String image) throws IOException {
    List<Problem> notices = place.removeFormer(cache.view());
    InstanceFailures failures = new InstanceFailures();
    List<String> mounted = paused.mountAgain(failures);
    failures.throwAll();
    return new FollowReport(image, false, mounted, notices);
  }

  private List<Problem> keptNotices() throws IOException {
    return FormerLowers.listFormer(place.directory()).stream()
        .map(old -> FormerLowers.createNotice(old, ""))
        .toList();
  }

  /**
   * Refuses a lower that holds what no registry has, and one that was changed since an earlier
   * look.
   *
   * @return its content; empty if there is no lower
   */
  private String refuseLower(Optional<String> earlier) throws IOException {
    if (!place.hasLower()) {
      return "";
    }
    place.requireReplaceable();
    String content = place.fingerprintOfLower();
    boolean published =
        place
            .recordOfLower()
            .filter(record -> record.isPublished() && record.content().equals(content))
            .isPresent();
    boolean changed = earlier.isPresent() && !earlier.get().equals(content);
    if (changed || !(published || choices.replacedUnpublished() || place.isLowerEmpty())) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.CACHE_LOWER_UNPUBLISHED,
              cache.lower(),
              "The lower holds what this cache has neither published nor taken up, and would lose"
                  + " it.",
              "Publish it under another tag, or allow this by replacingUnpublished()."));
    }
    return content;
  }

  private void refuseInstances(List<CacheInstance> instances) throws OverlayException {
    UpperDependence.refuseDependent(instances, choices.carriedUppers());
    InstanceViewCheck.refuseOtherViews(instances);
    InstanceViewCheck.refuseCopies(instances);
  }

  /** Makes the next lower, unless an earlier run has. Returns the digest of its image. */
  private String prepareNext(String wanted) throws IOException {
    Optional<LowerRecord> prepared = place.preparedRecord();
    if (prepared.filter(record -> record.image().equals(wanted)).isPresent()) {
      return wanted;
    }
    place.removePrepared();
    OciLayout layout = OciLayout.at(place.images());
    OciRegistry registry = choices.image().cancelWhen(choices.control().cancelled());
    StoredImage image = registry.pull(layout, LowerPublication.NAME);
    layout.removeUnnamedBlobs();
    new LowerUnpacking(cache, choices, place).unpackImage(image);
    return image.digest();
  }

  private void switchLower(String content) throws OverlayException {
    try {
      List<CacheInstance> instances = cache.instances();
      paused.unmountAll(instances, choices.unmountOptions());
      try (Closeable claim = claimLayers(instances)) {
        List<CacheInstance> now = cache.instances();
        if (!namesOf(now).equals(namesOf(instances))) {
          throw new OverlayException(
              Problem.of(
                  ProblemCode.LAYER_LOCKED,
                  cache.instancesDirectory(),
                  "An instance was created or removed meanwhile.",
                  "Follow the image again."));
        }
        refuseLower(Optional.of(content));
        UpperDependence.refuseDependent(now, choices.carriedUppers());
        for (CacheInstance instance : now) {
          UpperDependence.cutTies(instance.spec());
        }
        if (place.hasLower()) {
          LayerStore.of(cache.lower()).requireClaimed(claim);
        }
        place.switchLower();
      }
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw InstanceFailures.accessFailure(cache.lower(), "cannot be replaced", e);
    }
  }

  private static List<String> namesOf(List<CacheInstance> instances) {
    return instances.stream().map(CacheInstance::name).toList();
  }

  /** Makes sure that nothing uses the lower or an upper; without a lower nothing can. */
  private Closeable claimLayers(List<CacheInstance> instances) throws IOException {
    if (!place.hasLower()) {
      return () -> {};
    }
    List<OverlaySpec> specs = new ArrayList<>();
    instances.forEach(instance -> specs.add(instance.spec()));
    if (specs.isEmpty()) {
      specs.add(cache.view());
    }
    return LayerStore.of(cache.lower()).claim(specs);
  }
}
