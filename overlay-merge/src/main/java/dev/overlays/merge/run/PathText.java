package dev.overlays.merge.run;

import dev.overlays.layer.Name;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Builds the paths of places as text. It keeps the text of the last place only, since the path of
 * the next place usually begins alike and texts for all places of a deep tree would need too much
 * memory.
 */
public final class PathText {
  private final StringBuilder text = new StringBuilder();

  /**
   * The places that lead to the last one, without the root, and where the name of each ends in the
   * text.
   */
  private final List<TreePlace> places = new ArrayList<>();

  private final List<Integer> ends = new ArrayList<>();

  /** The place that the text leads to: most entries are in the same one as the entry before. */
  private TreePlace last = TreePlace.ROOT;

  public PathText() {}

  /** Starts at the last place of another. */
  public PathText(PathText other) {
    text.append(other.text);
    places.addAll(other.places);
    ends.addAll(other.ends);
    last = other.last;
  }

  /** Returns the path of a place, relative to the root. */
  public String pathOf(TreePlace place) {
    moveTo(place);
    return place.isRoot() ? "." : text.toString();
  }

  /** Returns the path of an entry in a place, relative to the root. */
  public String pathOf(TreePlace place, Name entry) {
    if (entry.equals(Name.SELF)) {
      return pathOf(place);
    }
    moveTo(place);
    int end = text.length();
    appendName(entry);
    String path = text.toString();
    text.setLength(end);
    return path;
  }

  private void moveTo(TreePlace place) {
    if (place.equals(last)) {
      return;
    }
    last = place;
    Deque<TreePlace> missing = new ArrayDeque<>();
    TreePlace known = place;
    while (!known.isRoot() && !isKnown(known)) {
      missing.push(known);
      known = known.parent();
    }
    places.subList(known.depth(), places.size()).clear();
    ends.subList(known.depth(), ends.size()).clear();
    text.setLength(ends.isEmpty() ? 0 : ends.get(ends.size() - 1));
    for (TreePlace next : missing) {
      appendName(next.name());
      places.add(next);
      ends.add(text.length());
    }
  }

  private boolean isKnown(TreePlace place) {
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
