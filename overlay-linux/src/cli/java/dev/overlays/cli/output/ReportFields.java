package dev.overlays.cli.output;

import dev.overlays.Problem;
import dev.overlays.cache.CacheStatus;
import dev.overlays.cache.FollowReport;
import dev.overlays.cache.InstanceStatus;
import dev.overlays.cache.MaintenanceReport;
import dev.overlays.cache.PublishReport;
import dev.overlays.merge.oci.image.StoredImage;
import dev.overlays.merge.oci.value.OciBlob;
import dev.overlays.merge.oci.value.OciDescriptor;
import dev.overlays.merge.oci.value.OciImportReport;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.report.Conflict;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.merge.report.RepairReport;
import dev.overlays.merge.report.SharedMergeReport;
import dev.overlays.merge.report.VacuumReport;
import dev.overlays.spi.LayerSharing;
import dev.overlays.spi.LayerUser;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The reports of the library as fields of JSON. The names are stable: they are those of the
 * records, sizes are in bytes, and durations in seconds. What is absent is {@code null}.
 */
public final class ReportFields {
  private ReportFields() {}

  private static void writeLibraryProblems(
      JsonWriter json, String name, Collection<Problem> problems) throws IOException {
    writeProblems(json, name, problems.stream().map(ReportedProblem::of).toList());
  }

  static void writeProblems(JsonWriter json, String name, Collection<ReportedProblem> problems)
      throws IOException {
    json.name(name).beginArray();
    for (ReportedProblem problem : problems) {
      json.beginObject();
      of(problem).writeTo(json);
      json.endObject();
    }
    json.endArray();
  }

  /**
   * Returns the fields of a problem.
   *
   * @param problem a problem
   * @return its fields
   */
  public static JsonFields of(ReportedProblem problem) {
    return json -> {
      json.name("code").value(problem.code());
      writePath(json, "path", problem.path());
      json.name("message").value(problem.message());
      json.name("remedy").value(problem.remedy());
    };
  }

  private static void writePath(JsonWriter json, String name, Optional<Path> path)
      throws IOException {
    json.name(name).value(path.map(Path::toString).orElse(null));
  }

  /**
   * Writes an array of names.
   *
   * @param json inside an object
   * @param name the field
   * @param names the elements
   * @throws IOException if they cannot be written
   */
  public static void writeNames(JsonWriter json, String name, Collection<String> names)
      throws IOException {
    json.name(name).beginArray();
    for (String each : names) {
      json.value(each);
    }
    json.endArray();
  }

  private static void writeSeconds(JsonWriter json, Duration duration) throws IOException {
    json.name("seconds").value(duration.toMillis() / 1e3);
  }

  private static String wordOf(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the fields of one change.
   *
   * @param change a change
   * @return its fields
   */
  public static JsonFields of(Change change) {
    return json -> {
      json.name("kind").value(wordOf(change.kind()));
      json.name("path").value(change.path());
      json.name("type").value(wordOf(change.type()));
      json.name("size").value(change.size());
      json.name("from").value(change.from().orElse(null));
    };
  }

  /**
   * Returns the fields of a merge.
   *
   * @param report its report
   * @return its fields
   */
  public static JsonFields of(MergeReport report) {
    return json -> {
      json.name("dryRun").value(report.dryRun());
      for (MergeAction action : MergeAction.values()) {
        json.name(wordOf(action)).value(report.count(action));
      }
      json.name("bytesMoved").value(report.bytesMoved());
      json.name("bytesFreed").value(report.bytesFreed());
      writeSeconds(json, report.duration());
    };
  }

  /**
   * Returns the fields of a merge of several uppers.
   *
   * @param report its report
   * @return its fields
   */
  public static JsonFields of(SharedMergeReport report) {
    return json -> {
      json.name("dryRun").value(report.dryRun());
      json.name("uppers").beginArray();
      for (Map.Entry<Path, MergeReport> merge : report.merges().entrySet()) {
        json.beginObject();
        json.name("upper").value(merge.getKey().toString());
        of(merge.getValue()).writeTo(json);
        json.endObject();
      }
      json.endArray();
      json.name("conflicts")
          .value(report.conflicts().values().stream().mapToLong(Long::longValue).sum());
      json.name("firstConflicts").beginArray();
      for (Conflict conflict : report.examples()) {
        json.beginObject();
        json.name("kind").value(wordOf(conflict.kind()));
        json.name("path").value(conflict.path());
        json.name("first").value(conflict.first().toString());
        json.name("second").value(conflict.second().toString());
        json.endObject();
      }
      json.endArray();
      writeSeconds(json, report.duration());
    };
  }

  /**
   * Returns the fields of an image.
   *
   * @param reference what it is called in its registry
   * @param image the image
   * @return its fields
   */
  public static JsonFields of(String reference, StoredImage image) {
    return json -> {
      json.name("reference").value(reference);
      json.name("digest").value(image.digest());
      json.name("layers").beginArray();
      for (OciDescriptor layer : image.layers()) {
        json.beginObject();
        json.name("mediaType").value(layer.mediaType());
        json.name("digest").value(layer.digest());
        json.name("size").value(layer.size());
        json.endObject();
      }
      json.endArray();
    };
  }

  /**
   * Returns the fields of a vacuum.
   *
   * @param report its report
   * @return its fields
   */
  public static JsonFields of(VacuumReport report) {
    return json -> {
      json.name("dryRun").value(report.dryRun());
      json.name("filesRemoved").value(report.filesRemoved());
      json.name("directoriesRemoved").value(report.directoriesRemoved());
      json.name("whiteoutsRemoved").value(report.whiteoutsRemoved());
      json.name("bytesFreed").value(report.bytesFreed());
      writeSeconds(json, report.duration());
    };
  }

  /**
   * Returns the fields of a repair.
   *
   * @param report its report
   * @return its fields; what is left is among the problems of the command
   */
  public static JsonFields of(RepairReport report) {
    return json -> {
      json.name("repaired").beginObject();
      for (var count : report.repaired().entrySet()) {
        json.name(count.getKey().id()).value(count.getValue());
      }
      json.endObject();
      writeSeconds(json, report.duration());
    };
  }

  /**
   * Returns the fields of the status of a cache.
   *
   * @param status the status
   * @return its fields
   */
  public static JsonFields of(CacheStatus status) {
    return json -> {
      json.name("lower").value(status.lower().toString());
      json.name("lowerBytes").value(status.use().lower());
      json.name("upperBytes").value(status.use().uppers());
      json.name("freedBytes").value(status.freedBytes());
      json.name("sharing");
      if (status.sharing().isPresent()) {
        json.beginObject();
        writeSharing(json, status.sharing().get());
        json.endObject();
      } else {
        json.value((String) null);
      }
      json.name("instances").beginArray();
      for (InstanceStatus instance : status.instances()) {
        json.beginObject();
        writeInstance(json, instance);
        json.endObject();
      }
      json.endArray();
      writeLibraryProblems(json, "notices", status.notices());
    };
  }

  private static void writeInstance(JsonWriter json, InstanceStatus instance) throws IOException {
    json.name("name").value(instance.name());
    writePath(json, "mountedAt", instance.mountedAt());
    json.name("backend").value(instance.backend().orElse(null));
    writeLibraryProblems(json, "holders", instance.holders());
    json.name("waiting").value(instance.waiting());
    json.name("atBoot").value(instance.atBoot());
    json.name("upperBytes").value(instance.upperBytes());
    json.name("freedBytes").value(instance.freedBytes());
    writeLibraryProblems(json, "notices", instance.notices());
  }

  /**
   * Returns the fields of a layer that machines share.
   *
   * @param path where it is
   * @param sharing who uses it
   * @return its fields
   */
  public static JsonFields of(Path path, LayerSharing sharing) {
    return json -> {
      json.name("path").value(path.toString());
      writeSharing(json, sharing);
    };
  }

  private static void writeSharing(JsonWriter json, LayerSharing sharing) throws IOException {
    json.name("fileSystem").value(sharing.fileSystem());
    writeLibraryProblems(json, "obstacles", sharing.obstacle().stream().toList());
    json.name("users").beginArray();
    for (LayerUser user : sharing.users()) {
      json.beginObject();
      json.name("machine").value(user.machine());
      json.name("here").value(user.here());
      json.name("process").value(user.process());
      json.name("since").value(user.since().toString());
      json.name("changing").value(user.changing());
      json.name("place").value(user.place());
      json.endObject();
    }
    json.endArray();
  }

  /**
   * Returns the fields of a maintenance.
   *
   * @param report its report
   * @return its fields
   */
  public static JsonFields of(MaintenanceReport report) {
    return json -> {
      json.name("dryRun").value(report.dryRun());
      json.name("bytesBefore").value(report.before().total());
      json.name("bytesAfter").value(report.after().total());
      json.name("merge");
      if (report.merge().isPresent()) {
        json.beginObject();
        of(report.merge().get()).writeTo(json);
        json.endObject();
      } else {
        json.value((String) null);
      }
      json.name("vacuums").beginObject();
      for (Map.Entry<String, VacuumReport> vacuum : report.vacuums().entrySet()) {
        json.name(vacuum.getKey()).beginObject();
        of(vacuum.getValue()).writeTo(json);
        json.endObject();
      }
      json.endObject();
      writeNames(json, "mounted", report.mounted());
      writeLibraryProblems(json, "notices", report.notices());
      writeSeconds(json, report.duration());
    };
  }

  /**
   * Returns the fields of a publication.
   *
   * @param report its report
   * @return its fields
   */
  public static JsonFields of(PublishReport report) {
    return json -> {
      json.name("image").value(report.image());
      json.name("pushed").value(report.pushed());
    };
  }

  /**
   * Returns the fields of a follow.
   *
   * @param report its report
   * @return its fields
   */
  public static JsonFields of(FollowReport report) {
    return json -> {
      json.name("image").value(report.image());
      json.name("replaced").value(report.replaced());
      writeNames(json, "mounted", report.mounted());
      writeLibraryProblems(json, "notices", report.notices());
    };
  }

  /**
   * Returns the fields of an archive.
   *
   * @param blob the archive
   * @return its fields
   */
  public static JsonFields of(OciBlob blob) {
    return json -> {
      json.name("mediaType").value(blob.compression().mediaType());
      json.name("digest").value(blob.digest());
      json.name("size").value(blob.size());
      json.name("diffId").value(blob.diffId());
      json.name("diffSize").value(blob.diffSize());
    };
  }

  /**
   * Returns the fields of an import.
   *
   * @param report its report
   * @return its fields
   */
  public static JsonFields of(OciImportReport report) {
    return json -> {
      of(report.blob()).writeTo(json);
      json.name("entries").value(report.entries());
      json.name("bytes").value(report.bytes());
      json.name("whiteouts").value(report.whiteouts());
      json.name("devicesLeftOut").value(report.devicesLeftOut());
      json.name("setIdsLeftOut").value(report.setIdsLeftOut());
      json.name("xattrsLeftOut").value(report.xattrsLeftOut());
      json.name("timesCut").value(report.timesCut());
    };
  }
}
