package dev.overlays.linux.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The times of all shots, and their ratio to the floor of their kind. */
final class TimeTable {
  private static final Map<String, String> FLOORS =
      Map.of(
          "MergeBenchmark", "MergeBenchmark.floor",
          "CopyBenchmark", "MergeBenchmark.floor",
          "ScanBenchmark", "ScanBenchmark.floorOfBoth",
          "CallBenchmark", "CallBenchmark.floorCalls",
          "MountBenchmark", "MountBenchmark.floorMounts");

  /** Benchmarks of which each class has a peer: a program that does the same. */
  private static final String PEER = "peer";

  private final Map<String, Map<String, List<Double>>> times = new LinkedHashMap<>();

  void addTime(String fileSystem, String name, double milliseconds) {
    times
        .computeIfAbsent(fileSystem, key -> new LinkedHashMap<>())
        .computeIfAbsent(name, key -> new ArrayList<>())
        .add(milliseconds);
  }

  private static double medianOf(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(formatLine("", "", "shots", "median ms", "least", "most", "to the floor"));
    times.forEach(
        (fileSystem, rows) ->
            rows.forEach(
                (name, values) -> {
                  List<Double> floor = rows.getOrDefault(floorOf(name), List.of());
                  String ratio =
                      floor.isEmpty()
                          ? ""
                          : formatNumber("%.2f", medianOf(values) / medianOf(floor));
                  text.append(
                      formatLine(
                          fileSystem,
                          name.replace("Benchmark", ""),
                          Integer.toString(values.size()),
                          formatNumber("%.1f", medianOf(values)),
                          formatNumber("%.1f", Collections.min(values)),
                          formatNumber("%.1f", Collections.max(values)),
                          ratio));
                }));
    return text.toString();
  }

  private static String floorOf(String name) {
    String kind = name.substring(0, name.indexOf('.'));
    if (!FLOORS.containsKey(kind) && !name.contains(":")) {
      return name.substring(0, name.lastIndexOf('.') + 1) + PEER;
    }
    return name.contains(":") ? name.substring(0, name.indexOf(':')) + ":plain" : FLOORS.get(kind);
  }

  private static String formatNumber(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static String formatLine(Object... cells) {
    return String.format(Locale.ROOT, "%-6s %-32s %5s %10s %9s %9s %12s%n", cells);
  }
}
