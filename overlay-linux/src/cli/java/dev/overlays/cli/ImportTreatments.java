package dev.overlays.cli;

import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.value.OciTreatment;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What becomes of that in an archive which not everybody may create, and how it is unpacked. */
final class ImportTreatments {
  @Mixin private WorkerOption workerOption;

  @Option(
      names = "--squash-owners",
      description = "Make everything this user's own. Nobody but root can do otherwise.")
  private boolean squashOwners;

  @Option(
      names = "--devices",
      paramLabel = "take|leave_out|refuse",
      defaultValue = "refuse",
      description = "What becomes of device nodes. Default: ${DEFAULT-VALUE}.")
  private OciTreatment devices;

  @Option(
      names = "--set-ids",
      paramLabel = "take|leave_out|refuse",
      defaultValue = "refuse",
      description = "What becomes of set-user-ID and set-group-ID bits. Default: ${DEFAULT-VALUE}.")
  private OciTreatment setIds;

  @Option(
      names = "--privileged-xattrs",
      paramLabel = "take|leave_out|refuse",
      defaultValue = "refuse",
      description = "What becomes of attributes that only root may set. Default: ${DEFAULT-VALUE}.")
  private OciTreatment privilegedXattrs;

  /** Whether anything is to be done in another way than by default. */
  boolean areChosen() {
    return squashOwners
        || workerOption.workers() != WorkerOption.SINGLE
        || devices != OciTreatment.REFUSE
        || setIds != OciTreatment.REFUSE
        || privilegedXattrs != OciTreatment.REFUSE;
  }

  OciImport applyTo(OciImport unpacking) {
    OciImport changed =
        unpacking
            .devices(devices)
            .setIds(setIds)
            .privilegedXattrs(privilegedXattrs)
            .workers(workerOption.workers());
    return squashOwners ? changed.squashOwners() : changed;
  }
}
