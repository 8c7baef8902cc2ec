package dev.overlays.merge.run;

import dev.overlays.layer.Name;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Says in words where a walk is. It keeps the words for the last place only: those for the next one
 * are mostly the same, and no place of a deep tree has a text of its own.
 */
public final class PathText {
  private final StringBuilder text = new StringBuilder();

  /** The places that lead to the last one, the root left out, and where the name of each ends. */
  private final List<ViewPlace> places = new ArrayList<>();

  private final List<Integer> ends = new ArrayList<>();

  public PathText() {}

  /** Begins at the last place of another. */
  public PathText(PathText other) {
    text.append(other.text);
    places.addAll(other.places);
    ends.addAll(other.ends);
  }

  /** The path of a place, relative to the root. */
  public String of(ViewPlace place) {
    goTo(place);
    return place.isRoot() ? "." : text.toString();
  }

  /** The path of an entry in a place, relative to the root. */
  public String of(ViewPlace place, Name entry) {
    if (entry.equals(Name.SELF)) {
      return of(place);
    }
    goTo(place);
    int end = text.length();
    appendName(entry);
    String path = text.toString();
    text.setLength(end);
    return path;
  }

  private void goTo(ViewPlace place) {
    Deque<ViewPlace> missing = new ArrayDeque<>();
    ViewPlace known = place;
    while (!known.isRoot() && !isKnown(known)) {
      missing.push(known);
      known = known.parent();
    }
    places.subList(known.depth(), places.size()).clear();
    ends.subList(known.depth(), ends.size()).clear();
    text.setLength(ends.isEmpty() ? 0 : ends.get(ends.size() - 1));
    for (ViewPlace next : missing) {
      appendName(next.name());
      places.add(next);
      ends.add(text.length());
    }
  }

  private boolean isKnown(ViewPlace place) {
    int index = place.depth() - 1;
    return index < places.size() && places.get(index).equals(place);
  }

  private void appendName(Name name) {
    if (text.length() > 0) {
      text.append('/');
    }
    text.append(name);
  }
}
