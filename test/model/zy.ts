const { World } = await import('./zw.ts')
for (const [optimised, threads] of [[false,1]] as const) {
const w = await World.open({platform:'x_ads',writing:'sha256',maxBytes:500,maxRows:2,concurrency:2,optimised})
const m=(i:any[])=>({identifiers:i})
let c0=process.cpuUsage(), t0=(process as any).threadCpuUsage(), n=0, w0=performance.now()
for (let i=0;i<14;i++){ if(i===2){c0=process.cpuUsage();t0=(process as any).threadCpuUsage();w0=performance.now();n=0}
 await w.build(i%2? new Map([['M0',m(['P0.e0','P0.p0'])],['M1',m(['P1.e0','P1.e1','P1.p0','P0.p0'])]]):new Map([['M1',m(['P1.e0','P1.p0'])],['M2',m(['P2.p0'])]]))
 await w.run(); n++ }
const c=process.cpuUsage(c0), t=(process as any).threadCpuUsage(t0)
console.log(optimised, 'wall/run', Math.round((performance.now()-w0)/n), 'cpu/run', Math.round((c.user+c.system)/1000/n), 'main thread', Math.round((t.user+t.system)/1000/n))
await w.close()
}
process.exit(0)
