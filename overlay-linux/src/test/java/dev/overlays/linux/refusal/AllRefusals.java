package dev.overlays.linux.refusal;

import java.util.List;
import java.util.stream.Stream;

/** Every bad spec. */
final class AllRefusals {
  private AllRefusals() {}

  static List<ExpectedRefusal> all() {
    return Stream.of(
            BuildRefusals.all(), LayerRefusals.all(), UpperRefusals.all(), MountPointRefusals.all())
        .flatMap(List::stream)
        .toList();
  }
}
