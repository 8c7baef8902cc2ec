package dev.overlays.merge.oci.unpack;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.oci.value.OciLimits;
import dev.overlays.merge.oci.value.OciTreatment;

/** The options of an import. */
public record ImportChoices(
    MarkNamespace marks,
    boolean squashOwners,
    OciTreatment devices,
    OciTreatment setIds,
    OciTreatment privilegedXattrs,
    OciLimits limits,
    String digest) {

  public static final ImportChoices DEFAULTS =
      new ImportChoices(
          MarkNamespace.TRUSTED,
          false,
          OciTreatment.REFUSE,
          OciTreatment.REFUSE,
          OciTreatment.REFUSE,
          OciLimits.DEFAULTS,
          null);

  public ImportChoices withMarks(MarkNamespace value) {
    return new ImportChoices(
        value, squashOwners, devices, setIds, privilegedXattrs, limits, digest);
  }

  public ImportChoices withSquashedOwners() {
    return new ImportChoices(marks, true, devices, setIds, privilegedXattrs, limits, digest);
  }

  public ImportChoices withDevices(OciTreatment value) {
    return new ImportChoices(marks, squashOwners, value, setIds, privilegedXattrs, limits, digest);
  }

  public ImportChoices withSetIds(OciTreatment value) {
    return new ImportChoices(marks, squashOwners, devices, value, privilegedXattrs, limits, digest);
  }

  public ImportChoices withPrivilegedXattrs(OciTreatment value) {
    return new ImportChoices(marks, squashOwners, devices, setIds, value, limits, digest);
  }

  public ImportChoices withLimits(OciLimits value) {
    return new ImportChoices(marks, squashOwners, devices, setIds, privilegedXattrs, value, digest);
  }

  public ImportChoices withDigest(String value) {
    return new ImportChoices(marks, squashOwners, devices, setIds, privilegedXattrs, limits, value);
  }
}
