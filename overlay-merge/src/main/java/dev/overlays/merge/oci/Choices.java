package dev.overlays.merge.oci;

import dev.overlays.layer.MarkNamespace;

/** The options of an import. */
record Choices(
    MarkNamespace marks,
    boolean squashOwners,
    OciTreatment devices,
    OciTreatment setIds,
    OciTreatment privilegedXattrs,
    OciLimits limits,
    String digest) {

  static final Choices DEFAULTS =
      new Choices(
          MarkNamespace.TRUSTED,
          false,
          OciTreatment.REFUSE,
          OciTreatment.REFUSE,
          OciTreatment.REFUSE,
          OciLimits.DEFAULTS,
          null);

  Choices withMarks(MarkNamespace value) {
    return new Choices(value, squashOwners, devices, setIds, privilegedXattrs, limits, digest);
  }

  Choices withSquashedOwners() {
    return new Choices(marks, true, devices, setIds, privilegedXattrs, limits, digest);
  }

  Choices withDevices(OciTreatment value) {
    return new Choices(marks, squashOwners, value, setIds, privilegedXattrs, limits, digest);
  }

  Choices withSetIds(OciTreatment value) {
    return new Choices(marks, squashOwners, devices, value, privilegedXattrs, limits, digest);
  }

  Choices withPrivilegedXattrs(OciTreatment value) {
    return new Choices(marks, squashOwners, devices, setIds, value, limits, digest);
  }

  Choices withLimits(OciLimits value) {
    return new Choices(marks, squashOwners, devices, setIds, privilegedXattrs, value, digest);
  }

  Choices withDigest(String value) {
    return new Choices(marks, squashOwners, devices, setIds, privilegedXattrs, limits, value);
  }
}
