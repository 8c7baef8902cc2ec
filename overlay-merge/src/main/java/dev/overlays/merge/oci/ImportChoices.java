package dev.overlays.merge.oci;

import dev.overlays.layer.MarkNamespace;

/** The options of an import. */
record ImportChoices(
    MarkNamespace marks,
    boolean squashOwners,
    OciTreatment devices,
    OciTreatment setIds,
    OciTreatment privilegedXattrs,
    OciLimits limits,
    String digest) {

  static final ImportChoices DEFAULTS =
      new ImportChoices(
          MarkNamespace.TRUSTED,
          false,
          OciTreatment.REFUSE,
          OciTreatment.REFUSE,
          OciTreatment.REFUSE,
          OciLimits.DEFAULTS,
          null);

  ImportChoices withMarks(MarkNamespace value) {
    return new ImportChoices(
        value, squashOwners, devices, setIds, privilegedXattrs, limits, digest);
  }

  ImportChoices withSquashedOwners() {
    return new ImportChoices(marks, true, devices, setIds, privilegedXattrs, limits, digest);
  }

  ImportChoices withDevices(OciTreatment value) {
    return new ImportChoices(marks, squashOwners, value, setIds, privilegedXattrs, limits, digest);
  }

  ImportChoices withSetIds(OciTreatment value) {
    return new ImportChoices(marks, squashOwners, devices, value, privilegedXattrs, limits, digest);
  }

  ImportChoices withPrivilegedXattrs(OciTreatment value) {
    return new ImportChoices(marks, squashOwners, devices, setIds, value, limits, digest);
  }

  ImportChoices withLimits(OciLimits value) {
    return new ImportChoices(marks, squashOwners, devices, setIds, privilegedXattrs, value, digest);
  }

  ImportChoices withDigest(String value) {
    return new ImportChoices(marks, squashOwners, devices, setIds, privilegedXattrs, limits, value);
  }
}
