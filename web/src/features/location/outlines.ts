import { geoMercator, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import url from 'world-atlas/countries-50m.json?url';
import type { Location } from '../../model/wire';

/** The width of the map in degrees. The outlines are too coarse for less. */
const degreesWide = 12;

type Atlas = Topology<{ countries: GeometryCollection }>;

let loading: Promise<Atlas> | undefined;

async function load(): Promise<Atlas> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the outlines: ${response.status}`);
  return (await response.json()) as Atlas;
}

/**
 * outlinesAround returns the country borders around a position, drawn for a box of this size in
 * pixels with the position in the middle. The outlines are loaded once, from our own server; it
 * rejects if the server cannot be reached.
 */
export async function outlinesAround(
  { latitude, longitude }: Location,
  width: number,
  height: number,
): Promise<string> {
  loading ??= load().catch((thrown: unknown) => {
    loading = undefined;
    throw thrown;
  });
  const atlas = await loading;
  // Mercator cannot show the poles.
  const projection = geoMercator()
    .rotate([-longitude, 0])
    .center([0, Math.min(Math.max(latitude, -84), 84)])
    .scale((width / degreesWide) * (180 / Math.PI))
    .translate([width / 2, height / 2])
    .clipExtent([
      [-2, -2],
      [width + 2, height + 2],
    ]);
  return geoPath(projection).digits(1)(feature(atlas, atlas.objects.countries)) ?? '';
}
