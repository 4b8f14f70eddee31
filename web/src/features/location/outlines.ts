import { geoMercator, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import url from 'world-atlas/countries-50m.json?url';
import type { Location } from '../../model/wire';

/** How many degrees the map is wide. The outlines are too coarse for less. */
const degreesWide = 12;

type Atlas = Topology<{ countries: GeometryCollection }>;

let loading: Promise<Atlas> | undefined;

async function load(): Promise<Atlas> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the outlines: ${response.status}`);
  return (await response.json()) as Atlas;
}

/**
 * outlinesAround gives the borders of the countries around a place, drawn for a
 * box of so many pixels with the place in the middle. The outlines come from our
 * own server, once; it rejects when it cannot be reached.
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
  // Mercator ends before the poles do.
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
