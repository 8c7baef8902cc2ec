package dev.overlays.linux.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Predicts what each instance of a cache shows, from the changes made in each and the policy: a
 * file that an instance deleted stays deleted there as long as another instance shows it.
 */
public final class CacheModel {
  private final Map<String, String> lower = new HashMap<>();

  /** The changes of each instance since its last merge: a content, or a deletion. */
  private final List<Map<String, Optional<String>>> own = new ArrayList<>();

  public CacheModel(Map<String, String> lower, int instances) {
    this.lower.putAll(lower);
    for (int i = 0; i < instances; i++) {
      own.add(new HashMap<>());
    }
  }

  public void write(int instance, String path, String content) {
    own.get(instance).put(path, Optional.of(content));
  }

  /** A file that is not in the lower leaves no trace, since no other instance has seen it. */
  public void delete(int instance, String path) {
    if (lower.containsKey(path)) {
      own.get(instance).put(path, Optional.empty());
    } else {
      own.get(instance).remove(path);
    }
  }

  public Optional<String> shownContent(int instance, String path) {
    Optional<String> mine = own.get(instance).get(path);
    return mine != null ? mine : Optional.ofNullable(lower.get(path));
  }

  public Map<String, String> shownFiles(int instance) {
    Map<String, String> view = new HashMap<>(lower);
    own.get(instance)
        .forEach(
            (path, content) ->
                content.ifPresentOrElse(text -> view.put(path, text), () -> view.remove(path)));
    return view;
  }

  public int lowerSize() {
    return lower.size();
  }

  /** The paths that any instance changed since the last merge. */
  public Set<String> touchedPaths() {
    Set<String> paths = new HashSet<>();
    own.forEach(changes -> paths.addAll(changes.keySet()));
    return paths;
  }

  /** Every content that an instance has given a path since the last merge. */
  public Set<String> writtenContents(String path) {
    Set<String> contents = new HashSet<>();
    own.forEach(changes -> changes.getOrDefault(path, Optional.empty()).ifPresent(contents::add));
    return contents;
  }

  /** Takes up the lower of another one, as a follow does, or a merge by another machine. */
  public void takeLower(CacheModel other) {
    lower.clear();
    lower.putAll(other.lower);
  }

  public void merge() {
    for (int i = 0; i < own.size(); i++) {
      Map<String, Optional<String>> left = new HashMap<>();
      for (Map.Entry<String, Optional<String>> change : own.get(i).entrySet()) {
        String path = change.getKey();
        if (change.getValue().isPresent()) {
          lower.put(path, change.getValue().get());
        } else if (isShownByAnother(i, path)) {
          left.put(path, Optional.empty());
        } else {
          lower.remove(path);
        }
      }
      own.set(i, left);
    }
  }

  private boolean isShownByAnother(int instance, String path) {
    for (int i = 0; i < own.size(); i++) {
      if (i != instance && lower.containsKey(path) && !own.get(i).containsKey(path)) {
        return true;
      }
    }
    return false;
  }

  public CacheModel copy() {
    CacheModel copy = new CacheModel(lower, 0);
    own.forEach(changes -> copy.own.add(new HashMap<>(changes)));
    return copy;
  }
}
