package dev.overlays.linux.refusal;

import java.util.List;
import java.util.stream.Stream;

/** Every bad spec. */
final class Refusals {
  private Refusals() {}

  static List<Refusal> all() {
    return Stream.of(
            BuildRefusals.all(), LayerRefusals.all(), UpperRefusals.all(), MountPointRefusals.all())
        .flatMap(List::stream)
        .toList();
  }
}
