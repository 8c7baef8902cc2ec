package dev.overlays.cli;

import dev.overlays.OverlayMount;
import dev.overlays.cli.output.JsonFields;

/**
 * A mounted view, as it is printed.
 *
 * @param root where it is mounted
 * @param backend what has mounted it
 */
record MountedView(String root, String backend) {

  static MountedView of(OverlayMount mount) {
    return new MountedView(mount.root().toString(), mount.backend());
  }

  JsonFields fields() {
    return json -> {
      json.name("root").value(root);
      json.name("backend").value(backend);
    };
  }

  @Override
  public String toString() {
    return root + " (" + backend + ")";
  }
}
