package dev.overlays.merge.apply;

import dev.overlays.layer.Name;

/** Views of other instances that never keep an entry in the upper. */
final class IgnoredViews implements OtherViews {
  @Override
  public boolean allDelete(Name name) {
    return true;
  }

  @Override
  public boolean noneShowsLower(Name name) {
    return true;
  }

  @Override
  public OtherViews openDirectory(Name name) {
    return this;
  }

  @Override
  public void close() {
    // It has no handles.
  }
}
