// The map itself (OpenLayers): ground, outlines, signs, drawing and moving. All it is told and tells is in degrees of records; what is shown may be shifted.
import 'ol/ol.css'
import OlMap from 'ol/Map.js'
import View from 'ol/View.js'
import Feature from 'ol/Feature.js'
import ScaleLine from 'ol/control/ScaleLine.js'
import { defaults as defaultControls } from 'ol/control/defaults.js'
import { boundingExtent, getBottomLeft, getTopRight } from 'ol/extent.js'
import MultiPolygon from 'ol/geom/MultiPolygon.js'
import Point from 'ol/geom/Point.js'
import Polygon from 'ol/geom/Polygon.js'
import Draw, { createBox } from 'ol/interaction/Draw.js'
import Translate from 'ol/interaction/Translate.js'
import Collection from 'ol/Collection.js'
import Graticule from 'ol/layer/Graticule.js'
import TileLayer from 'ol/layer/Tile.js'
import VectorLayer from 'ol/layer/Vector.js'
import { fromLonLat, toLonLat } from 'ol/proj.js'
import VectorSource from 'ol/source/Vector.js'
import XYZ from 'ol/source/XYZ.js'
import CircleStyle from 'ol/style/Circle.js'
import Fill from 'ol/style/Fill.js'
import Stroke from 'ol/style/Stroke.js'
import Style from 'ol/style/Style.js'
import Text from 'ol/style/Text.js'
import type { GeoBox, MapGround, OutlineCollection, PointCluster } from '../../api/schema/index.ts'
import { fromShown, toShown } from './datum.ts'
import { drawSign, radiusOf, type Look } from './signs.ts'

export type Pair = readonly [longitude: number, latitude: number]
export interface Looking {
  readonly centre: Pair
  readonly zoom: number
  readonly box: GeoBox
}

export interface MapCanvas {
  readonly show: (clusters: readonly PointCluster[], look: Look) => void
  readonly choose: (cluster: PointCluster | undefined) => void
  readonly fit: (box: GeoBox, maxZoom?: number) => void
  readonly lookAt: (centre: Pair, zoom: number) => void
  readonly looking: () => Looking
  /** Rings as they were drawn; undefined takes it away. */
  readonly ring: (ring: readonly Pair[] | undefined) => void
  readonly draw: (what: 'box' | 'polygon' | undefined) => void
  /** A sign that can be dragged; undefined ends it. */
  readonly move: (at: Pair | undefined) => void
  readonly close: () => void
}

export interface MapOptions {
  readonly ground: MapGround
  readonly outlines: OutlineCollection | undefined
  readonly colours: () => { readonly line: string; readonly ink: string; readonly fill: string }
  readonly onLook: (looking: Looking) => void
  readonly onClick: (cluster: PointCluster | undefined) => void
  readonly onRing: (ring: readonly Pair[]) => void
  readonly onMove: (at: Pair) => void
}

/** The middle of the country, when there is nothing to show. */
const home = { centre: [104, 35.5] as Pair, zoom: 4 }
const reachPx = 22

export function openMap(target: HTMLElement, { ground, outlines, colours, onLook, onClick, onRing, onMove }: MapOptions): MapCanvas {
  const { datum } = ground
  const shown = (at: Pair): number[] => fromLonLat([...toShown(at, datum)])
  const told = (coordinate: number[]): Pair => {
    const [lon = 0, lat = 0] = toLonLat(coordinate)
    return fromShown([lon, lat], datum)
  }
  let look: Look = { by: 'class', words: [], disc: '#fff', ink: '#222' }
  let clusters: readonly PointCluster[] = []
  let chosen: PointCluster | undefined

  const signs = new VectorSource()
  const signStyle = new Style({
    renderer: (coordinates, state) => {
      const [x = 0, y = 0] = coordinates as number[]
      const cluster = state.feature.get('cluster') as PointCluster
      drawSign(state.context, [x, y], state.pixelRatio, cluster, look, cluster === chosen)
    },
  })
  const rings = new VectorSource()
  const moved = new VectorSource<Feature<Point>>()
  const outline = new VectorSource()
  for (const { properties, geometry } of outlines?.features ?? []) {
    const feature = new Feature(new MultiPolygon(geometry.coordinates.map((polygon) => polygon.map((ring) => ring.map(([lon = 0, lat = 0]) => shown([lon, lat]))))))
    feature.set('name', properties.name ?? properties.area)
    outline.addFeature(feature)
  }
  const outlineLayer = new VectorLayer({
    source: outline,
    style: (feature) => {
      const { line, ink, fill } = colours()
      return new Style({ stroke: new Stroke({ color: line, width: 1.5 }), fill: new Fill({ color: ground.tiles.length > 0 ? 'rgb(0 0 0 / 0%)' : fill }), text: new Text({ text: String(feature.get('name') ?? ''), font: '13px system-ui, sans-serif', fill: new Fill({ color: ink }), overflow: false }) })
    },
  })
  const blue = '#1d5fa8'
  const map = new OlMap({
    target,
    controls: defaultControls({ attribution: ground.attribution !== undefined, rotate: false, zoom: true }).extend([new ScaleLine({ units: 'metric' })]),
    layers: [
      ...ground.tiles.map((url) => new TileLayer({ source: new XYZ({ url, maxZoom: ground.maxZoom, attributions: ground.attribution === undefined ? [] : [escaped(ground.attribution)], attributionsCollapsible: false }) })),
      ...(ground.tiles.length === 0 ? [new Graticule({ showLabels: true, wrapX: false, strokeStyle: new Stroke({ color: 'rgb(120 140 165 / 35%)', width: 1 }), lonLabelPosition: 0.03, lonLabelStyle: labelStyle('center'), latLabelPosition: 0.995, latLabelStyle: labelStyle('end') })] : []),
      outlineLayer,
      new VectorLayer({ source: rings, style: new Style({ stroke: new Stroke({ color: blue, width: 2 }), fill: new Fill({ color: 'rgb(29 95 168 / 10%)' }) }) }),
      new VectorLayer({ source: signs, style: signStyle, updateWhileAnimating: true, updateWhileInteracting: true }),
      new VectorLayer({ source: moved, style: new Style({ image: new CircleStyle({ radius: 10, fill: new Fill({ color: 'rgb(29 95 168 / 70%)' }), stroke: new Stroke({ color: '#fff', width: 3 }) }) }) }),
    ],
    view: new View({ center: shown(home.centre), zoom: home.zoom, minZoom: 2, maxZoom: 20, enableRotation: false }),
  })
  const view = map.getView()

  const looking = (): Looking => {
    const extent = view.calculateExtent(map.getSize())
    const [west, south] = told(getBottomLeft(extent))
    const [east, north] = told(getTopRight(extent))
    // A shift of some 600 m at the edges, and points of half a cell beyond them.
    const [wide, high] = [(east - west) * 0.15 + 0.01, (north - south) * 0.15 + 0.01]
    const limit = (value: number, most: number): number => Math.max(-most, Math.min(most, value))
    return { centre: told(view.getCenter() ?? [0, 0]), zoom: view.getZoom() ?? home.zoom, box: { west: limit(west - wide, 180), south: limit(south - high, 90), east: limit(east + wide, 180), north: limit(north + high, 90) } }
  }
  map.on('moveend', () => onLook(looking()))

  /** The nearest sign under the pointer, by its own size. */
  const signAt = (pixel: number[]): PointCluster | undefined => {
    let found: { readonly cluster: PointCluster; readonly px: number } | undefined
    for (const cluster of clusters) {
      const [x = NaN, y = NaN] = map.getPixelFromCoordinate(shown([cluster.longitude, cluster.latitude])) ?? []
      const px = Math.hypot((pixel[0] ?? 0) - x, (pixel[1] ?? 0) - y)
      if (px <= Math.max(radiusOf(cluster.n), reachPx / 2) + 3 && px < (found?.px ?? Infinity)) found = { cluster, px }
    }
    return found?.cluster
  }
  let drawing: Draw | undefined
  let isMoving = false
  map.on('click', (event) => {
    if (!drawing && !isMoving) onClick(signAt(event.pixel))
  })
  map.on('pointermove', (event) => {
    if (!event.dragging) target.style.cursor = drawing ? 'crosshair' : signAt(event.pixel) ? 'pointer' : ''
  })

  let translate: Translate | undefined
  const self: MapCanvas = {
    show: (next, nextLook) => {
      clusters = next
      look = nextLook
      if (chosen) chosen = next.find(({ id, longitude, latitude }) => (id !== undefined && id === chosen?.id) || (longitude === chosen?.longitude && latitude === chosen.latitude))
      signs.clear(true)
      signs.addFeatures(next.map((cluster) => {
        const feature = new Feature(new Point(shown([cluster.longitude, cluster.latitude])))
        feature.set('cluster', cluster, true)
        return feature
      }))
      outlineLayer.changed()
    },
    choose: (cluster) => {
      chosen = cluster
      signs.changed()
    },
    fit: ({ west, south, east, north }, maxZoom = 17) => view.fit(boundingExtent([shown([west, south]), shown([east, north])]), { padding: [40, 40, 40, 40], maxZoom, duration: 250 }),
    lookAt: (centre, zoom) => {
      view.setCenter(shown(centre))
      view.setZoom(zoom)
    },
    looking,
    ring: (ring) => {
      rings.clear()
      if (ring && ring.length >= 3) rings.addFeature(new Feature(new Polygon([[...ring, ring[0] ?? [0, 0]].map((at) => shown(at as Pair))])))
    },
    draw: (what) => {
      if (drawing) map.removeInteraction(drawing)
      drawing = undefined
      if (!what) return
      const own = new Draw({ type: what === 'box' ? 'Circle' : 'Polygon', ...(what === 'box' && { geometryFunction: createBox() }) })
      own.on('drawend', ({ feature }) => {
        const geometry = feature.getGeometry()
        // The click that ends the drawing is no click on a sign.
        setTimeout(() => self.draw(undefined))
        if (geometry instanceof Polygon) onRing((geometry.getCoordinates()[0] ?? []).slice(0, -1).map(told))
      })
      drawing = own
      map.addInteraction(own)
    },
    move: (at) => {
      moved.clear()
      isMoving = at !== undefined
      if (translate) map.removeInteraction(translate)
      translate = undefined
      if (!at) return
      const feature = new Feature(new Point(shown(at)))
      moved.addFeature(feature)
      translate = new Translate({ features: new Collection([feature]), hitTolerance: 8 })
      translate.on('translateend', () => onMove(told(feature.getGeometry()?.getCoordinates() ?? [0, 0])))
      map.addInteraction(translate)
    },
    close: () => map.setTarget(undefined),
  }
  return self
}

const labelStyle = (textAlign: 'center' | 'end'): Text => new Text({ textAlign, font: '12px system-ui, sans-serif', fill: new Fill({ color: '#66768c' }), textBaseline: 'bottom' })
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
