package dev.overlays.merge.apply;

import dev.overlays.layer.Name;

/** Stands for no other instances: nothing keeps an entry in the upper. */
final class NoOtherViews implements OtherInstanceViews {
  @Override
  public boolean allDelete(Name name) {
    return true;
  }

  @Override
  public boolean noneShowsLower(Name name) {
    return true;
  }

  @Override
  public OtherInstanceViews openDirectory(Name name) {
    return this;
  }

  @Override
  public void close() {
    // It has no handles.
  }
}
