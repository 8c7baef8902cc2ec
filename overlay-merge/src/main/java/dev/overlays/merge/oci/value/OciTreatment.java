package dev.overlays.merge.oci.value;

/** What an import does with entries or attributes that may give rights to the archive's author. */
public enum OciTreatment {
  /** Unpacks it as it is. */
  TAKE,
  /** Leaves it out, and counts it in the report. */
  LEAVE_OUT,
  /** Refuses the archive. */
  REFUSE
}
