package dev.overlays.providers;

import java.util.List;

/**
 * The result of a lookup: the providers of one service, and the reason for each broken one.
 *
 * @param <S> the service
 * @param working the providers that could be loaded, best first
 * @param broken why the others could not be loaded
 */
public record FoundProviders<S>(List<S> working, List<String> broken) {}
