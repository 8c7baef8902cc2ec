package dev.overlays.merge.oci;

/** What is done with something in an archive that may give rights to whoever made it. */
public enum OciTreatment {
  /** It is taken as it is. */
  TAKE,
  /** It is left out, and counted in the report. */
  LEAVE_OUT,
  /** The archive is refused. */
  REFUSE
}
