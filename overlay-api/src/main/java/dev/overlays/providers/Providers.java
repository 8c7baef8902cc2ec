package dev.overlays.providers;

import java.util.List;

/**
 * The providers of one service, best first, and a reason for each that is broken: one bad jar does
 * not take the others away.
 *
 * @param <S> the service
 * @param working those that could be loaded
 * @param broken why the others could not
 */
public record Providers<S>(List<S> working, List<String> broken) {}
