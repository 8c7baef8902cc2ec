package dev.overlays.layer;

/**
 * What a listing gives of an entry.
 *
 * @param name its name
 * @param type its kind, {@link EntryType#UNKNOWN} where the file system does not tell in listings
 */
public record LayerEntry(Name name, EntryType type) {}
